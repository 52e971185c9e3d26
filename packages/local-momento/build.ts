// Makes what `npm pack` puts into the archive: index.js and cli.js, which need no other package, their types, and the licenses
// of what they contain. Usage: build.ts [FOLDER]; build.ts --clean removes it again, as the project itself runs the sources.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import * as ts from 'typescript';

const LICENSES = 'THIRD-PARTY-LICENSES.txt';
const [, , argument = __dirname] = process.argv;

/** The command line shares the library's code. */
const library: Plugin = {
  name: 'library',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.$/ }, () => ({ path: './index.js', external: true }));
  },
};

/** gRPC loads this for its channelz and ORCA services alone, which nothing here offers: a sixth of the code. */
const withoutProtoLoader: Plugin = {
  name: 'without-proto-loader',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@grpc[\\/]proto-loader/ }, () => ({ contents: '' }));
  },
};

const common = {
  absWorkingDir: __dirname,
  outdir: argument,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // The names of the messages' classes stay: who debugs a fault plan sees them.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
} satisfies BuildOptions;

async function make(): Promise<void> {
  const { metafile } = await build({ ...common, entryPoints: ['index.ts'], plugins: [withoutProtoLoader] });
  await build({ ...common, entryPoints: ['cli.ts'], plugins: [library] });
  writeFileSync(join(argument, LICENSES), licensesOf(Object.keys(metafile.inputs)));
  for (const [name, text] of typesOf('index')) writeFileSync(join(argument, name), text);
}

function clean(): void {
  for (const file of readdirSync(__dirname)) {
    if (/\.(?:js|d\.ts)$/.test(file) || file === LICENSES) rmSync(join(__dirname, file));
  }
}

/** The declarations of a file, and of those that it refers to: nothing a user would need another package for. */
function typesOf(entry: string): Map<string, string> {
  const { config } = ts.readConfigFile(resolve(__dirname, '../../tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, __dirname);
  const program = ts.createProgram([join(__dirname, `${entry}.ts`)], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
  });
  const types = new Map<string, string>();
  const add = (name: string): void => {
    const file = `${name}.d.ts`;
    if (types.has(file)) return;
    program.emit(program.getSourceFile(join(__dirname, `${name}.ts`)), (_path, text) =>
      types.set(file, text),
    );
    for (const { fileName } of ts.preProcessFile(types.get(file) ?? '').importedFiles) {
      if (fileName.startsWith('./')) add(fileName.slice(2));
      else if (!fileName.startsWith('node:')) throw new Error(`${file} shows a type of ${fileName} to users`);
    }
  };
  add(entry);
  return types;
}

/** The licenses of the packages that these files come from. */
function licensesOf(inputs: readonly string[]): string {
  const folders = new Set(
    inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
  );
  const texts = [...folders].sort().map((folder) => {
    const path = resolve(__dirname, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const file = readdirSync(path).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : `\n\n${readFileSync(join(path, file), 'utf8').trim()}`;
    return `${name} ${version} (${license})${text}`;
  });
  return `index.js contains code of these packages.\n\n${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

if (argument === '--clean') clean();
else {
  make().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
