// Turns CommonJS that TypeScript's compiler wrote back into the ES module that it was compiled from. A bundler can leave out
// the unused parts of an ES module, but not those of CommonJS.
import * as ts from 'typescript';

/** Comments are not read. */
export const SYNTAX: ts.CreateSourceFileOptions = {
  languageVersion: ts.ScriptTarget.Latest,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
};

/** A file that is not in the form that TypeScript writes. */
export class NotCompiled extends Error {}

/** Whether a file is marked as compiled from an ES module. */
export function isCompiled(code: string): boolean {
  return code.includes('Object.defineProperty(exports, "__esModule", { value: true });');
}

const HELPER = '(?:__importStar|__importDefault)?';
const REQUIRE = new RegExp(`^(?:const|var) ([\\w$]+) = ${HELPER}\\(?require\\("([^"]+)"\\)\\)?;$`);
const EXPORTED_REQUIRE = new RegExp(`^exports\\.([\\w$]+) = ${HELPER}\\(?require\\("([^"]+)"\\)\\)?;$`);
const EXPORT_STAR = /^__exportStar\(require\("([^"]+)"\), exports\);$/;
const GETTER =
  /^Object\.defineProperty\(exports, "([\w$]+)", \{ enumerable: true, get: function \(\) \{ return ([\w$]+)\.([\w$]+); \} \}\);$/;
const MARKER =
  /^(?:"use strict"|Object\.defineProperty\(exports, "__esModule", .*|(?:exports\.[\w$]+ = )+void 0);$/;
const ASSIGNMENT = /^exports\.([\w$]+) = ([\s\S]*);$/;
/** The end of an enum or a namespace, as older and newer compilers write it. */
const NAMESPACE_END =
  /\}\)\(([\w$]+) (?:= exports\.\1 \|\| \(exports\.\1 = \{\}\)|\|\| \(exports\.\1 = \1 = \{\}\))\);$/;

/** What a file requires at its top: each specifier that `toEsModule` asks about. */
export function requiredBy(code: string): string[] {
  const requires = code.matchAll(new RegExp(REQUIRE, 'gm'));
  return [...new Set([...requires].map(([, , specifier = '']) => specifier))];
}

/**
 * The same module, in the same order, with `import` and `export`.
 * @param isModule whether the file of a specifier becomes an ES module too, or is JSON
 * @throws NotCompiled, naming the statement, if the file is not as TypeScript writes it
 */
export function toEsModule(file: string, code: string, isModule: (specifier: string) => boolean): string {
  const source = ts.createSourceFile(file, code, SYNTAX, false, ts.ScriptKind.JS);
  const imports = new Map<string, string>();
  /** The local name of each exported one. */
  const locals = new Map<string, string>();

  const convert = (statement: ts.Statement): string => {
    const text = statement.getText(source);
    if (MARKER.test(text)) return '';
    const [, imported, from] = REQUIRE.exec(text) ?? [];
    if (imported && from && isModule(from)) {
      imports.set(imported, from);
      return `import * as ${imported} from "${from}";`;
    }
    const [, namespace, of] = EXPORTED_REQUIRE.exec(text) ?? [];
    if (namespace && of) return `export * as ${namespace} from "${of}";`;
    const [, all] = EXPORT_STAR.exec(text) ?? [];
    if (all) return `export * from "${all}";`;
    const [, name, owner = '', member] = GETTER.exec(text) ?? [];
    if (name && imports.has(owner)) return `export { ${member} as ${name} } from "${imports.get(owner)}";`;
    const [, exported, value = ''] = ASSIGNMENT.exec(text) ?? [];
    if (exported) return assigned(exported, value);
    const [end = '', declared] = NAMESPACE_END.exec(text) ?? [];
    if (declared && ts.isExpressionStatement(statement)) {
      locals.set(declared, declared);
      return `${text.slice(0, -end.length)}})(${declared} || (${declared} = {}));`;
    }
    return text;
  };
  const assigned = (exported: string, value: string): string => {
    if (imports.has(value)) return `export * as ${exported} from "${imports.get(value)}";`;
    if (locals.has(exported)) throw new NotCompiled(`${file}: ${exported} is exported twice`);
    const named = /^[A-Za-z_$][\w$]*$/.test(value);
    locals.set(exported, named ? value : `$${exported}`);
    return named ? '' : `const $${exported} = ${value};`;
  };

  const body = source.statements.map(convert).join('\n');
  const linked = body.replace(/\bexports\.([\w$]+)/g, (_, name: string) => {
    const local = locals.get(name);
    if (!local) throw new NotCompiled(`${file}: exports.${name} is used before it is assigned`);
    return local;
  });
  const rest = /\b(?:module\.exports|exports\b(?!["'\]\w]))/.exec(withoutHelpers(linked));
  if (rest) throw new NotCompiled(`${file}: ${rest[0]} where TypeScript does not write it`);
  const list = [...locals].map(([name, local]) => (name === local ? name : `${local} as ${name}`));
  return `${linked}\nexport { ${list.join(', ')} };\n`;
}

/** Without the compiler's own helpers, which have a parameter named `exports`, and comments, which may contain anything. */
function withoutHelpers(code: string): string {
  return code.replace(/^var __exportStar = [\s\S]*?\n\};$/m, '').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
