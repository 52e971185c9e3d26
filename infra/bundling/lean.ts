// What an esbuild of the handlers leaves out of the packages that they use. No line of a package is changed: files are
// read as the ES modules that they were written as, so that what nobody uses falls away, and what code that AWS runs
// can never reach is put aside. Anything else than expected is an error of the build.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import { isCompiled, toEsModule } from './es-module';

/** Packages whose files TypeScript compiled to CommonJS, and that do nothing when they are loaded but declare. */
const COMPILED = ['@gomomento/sdk', '@gomomento/sdk-core', '@gomomento/generated-types', '@grpc/grpc-js'];
/** The one file that also does something: it registers how names are resolved and load is balanced. */
const WITH_EFFECT = '@grpc/grpc-js/build/src/index.js';

const alternatives = COMPILED.map((name) => name.replaceAll('/', '\\/')).join('|');
const IN_COMPILED = new RegExp(
  `[\\\\/]node_modules[\\\\/](${alternatives.replaceAll('\\/', '[\\\\/]')})[\\\\/]`,
);
const NAMES_COMPILED = new RegExp(`^(${alternatives})(\\/|$)`);

/** Only a gRPC server that tells of its channels loads it, to read the protocol's text. Saves 140 KB. */
const ABSENT = /^@grpc\/proto-loader$/;

const OURS = 'ours';

export const lean: Plugin = {
  name: 'lean',
  setup(build) {
    const resolve = async (args: OnResolveArgs): Promise<OnResolveResult | undefined> => {
      if (args.pluginData === OURS) return undefined;
      const { path: specifier, ...from } = args;
      const found = await build.resolve(specifier, { ...from, pluginData: OURS });
      return { ...found, sideEffects: found.path.split(path.sep).join('/').endsWith(WITH_EFFECT) };
    };
    build.onResolve({ filter: NAMES_COMPILED }, resolve);
    build.onResolve({ filter: /^\./ }, (args) =>
      IN_COMPILED.test(args.importer) ? resolve(args) : undefined,
    );

    build.onLoad({ filter: IN_COMPILED }, ({ path: file }) => {
      if (!file.endsWith('.js')) return undefined;
      const code = readFileSync(file, 'utf8');
      return isCompiled(code) ? { contents: toEsModule(file, code, isModuleFrom(file)) } : undefined;
    });

    build.onResolve({ filter: ABSENT }, ({ path: name }) => ({ path: name, namespace: 'absent' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path: name }) => ({
      contents: `throw new Error('${name} is left out of this bundle');`,
    }));
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: path.join(__dirname, 'credentials.ts'),
    }));
  },
};

/** Whether what `file` requires becomes an ES module too, or is JSON. */
function isModuleFrom(file: string): (specifier: string) => boolean {
  const { resolve } = createRequire(file);
  return (specifier) => {
    if (!specifier.startsWith('.') && !NAMES_COMPILED.test(specifier)) return false;
    const target = resolve(specifier);
    return target.endsWith('.json') || isCompiled(readFileSync(target, 'utf8'));
  };
}
