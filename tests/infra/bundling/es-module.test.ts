import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import * as ts from 'typescript';
import { isCompiled, NotCompiled, toEsModule } from '../../../infra/bundling/es-module';

const SOURCE = `
  import * as os from 'node:os';
  import { join } from './join';
  import * as all from './all';
  export { join as joined } from './join';
  export { all };
  export * from './more';
  export enum Color { Red = 1, Green }
  export const answer = 42;
  export const twice = () => answer * 2;
  export class Shape { color = Color.Red; where() { return join(os.EOL, String(answer)); } }
  export function shape() { return new Shape(); }
`;

function compiled(source: string): string {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

describe('an ES module that was compiled to CommonJS', () => {
  it('becomes an ES module with the same imports and exports, in the same order', () => {
    const code = compiled(SOURCE);
    assert(isCompiled(code));
    const module = toEsModule('shape.js', code, (specifier) => specifier.startsWith('.'));
    const statements = module.match(/^(import|export) .*$/gm);
    assert.deepEqual(statements, [
      'import * as join_1 from "./join";',
      'import * as all from "./all";',
      'export * as all from "./all";',
      'import * as join_2 from "./join";',
      'export { join as joined } from "./join";',
      'export * from "./more";',
      'export { shape, Color, $answer as answer, twice, Shape };',
    ]);
    assert(module.includes('require("node:os")'), 'what is no ES module is required as before');
  });

  it('still gives the same values', () => {
    const source = SOURCE.replaceAll(/^.*'\.\/.*$/gm, '').replace('join(os.EOL, String(answer))', 'answer');
    const module = toEsModule('shape.js', compiled(source), () => true);
    const { outputFiles } = buildSync({
      stdin: { contents: module },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    });
    const exports: Record<string, unknown> = {};
    new Function('module', 'require', outputFiles[0]?.text ?? '')(
      {
        set exports(value: object) {
          Object.defineProperties(exports, Object.getOwnPropertyDescriptors(value));
        },
      },
      require,
    );
    assert.deepEqual(exports.Color, { 1: 'Red', 2: 'Green', Red: 1, Green: 2 });
    assert.equal(exports.answer, 42);
    assert(typeof exports.twice === 'function' && typeof exports.shape === 'function');
    assert.equal(exports.twice(), 84);
    assert.equal(exports.shape().where(), 42);
  });

  it('is refused if it does what TypeScript never writes', () => {
    const marker = 'Object.defineProperty(exports, "__esModule", { value: true });\n';
    for (const strange of [
      'module.exports = 1;',
      'Object.assign(exports, { a: 1 });',
      'exports.a = 1;\nexports.a = 2;',
      'console.log(exports.b);',
    ]) {
      assert.throws(() => toEsModule('strange.js', marker + strange, () => true), NotCompiled, strange);
    }
  });

  it('is every file of the packages that are read this way, except one of plain JavaScript', () => {
    const packages = path.resolve(__dirname, '../../../node_modules');
    const folders = [
      '@gomomento/sdk/dist/src',
      '@gomomento/sdk-core/dist/src',
      '@gomomento/generated-types/dist',
      '@grpc/grpc-js/build/src',
    ];
    const plain = folders.flatMap((folder) =>
      readdirSync(path.join(packages, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.js'))
        .filter((file) => !isCompiled(readFileSync(path.join(packages, folder, file), 'utf8'))),
    );
    assert.deepEqual(plain, ['internal/vendor/printf/printf.js']);
  });
});
