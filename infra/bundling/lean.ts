// Leaves out of a bundle what the handlers do not use of their packages. No remaining line is changed. Files are read as the
// ES modules that they were written as, so unused parts can be dropped. Momento's cache client, with its hundred messages,
// keeps only the calls that the bundled code names. Code that AWS never reaches is left out. Anything unexpected is a build
// error.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import {
  type BuildOptions,
  build,
  type Metafile,
  type OnLoadResult,
  type OnResolveArgs,
  type OnResolveResult,
  type Plugin,
} from 'esbuild';
import { isCompiled, requiredBy, toEsModule } from './es-module';
import { kept } from './kept';
import { callsIn, namesIn, type Reached, reach } from './unreached';

/** Packages that TypeScript compiled to CommonJS, and whose files only declare things when they are loaded. */
const COMPILED = ['@gomomento/sdk', '@gomomento/sdk-core', '@gomomento/generated-types', '@grpc/grpc-js'];
/** The one exception: it also registers name resolvers and load balancers. */
const WITH_EFFECT = '@grpc/grpc-js/build/src/index.js';

/** Momento's cache client, from its methods to its messages. Saves 300 KB. */
const CLIENT = [
  '@gomomento/sdk-core/dist/src/internal/clients/cache/AbstractCacheClient.js',
  '@gomomento/sdk-core/dist/src/internal/clients/cache/momento-cache.js',
  '@gomomento/sdk/dist/src/cache-client.js',
  '@gomomento/sdk/dist/src/internal/cache-data-client.js',
  '@gomomento/sdk/dist/src/internal/cache-control-client.js',
  '@gomomento/generated-types/dist/cacheclient.js',
  '@gomomento/generated-types/dist/controlclient.js',
];

/** Packages that never receive a client of Momento's: the names in them are their own. */
const STRANGERS = [
  ...COMPILED,
  '@aws-lambda-powertools/*',
  '@aws-sdk/*',
  '@smithy/*',
  'google-protobuf',
  'lru-cache',
  'valibot',
];

const alternatives = COMPILED.map((name) => name.replaceAll('/', '\\/')).join('|');
const IN_COMPILED = new RegExp(
  `[\\\\/]node_modules[\\\\/](${alternatives.replaceAll('\\/', '[\\\\/]')})[\\\\/]`,
);
const NAMES_COMPILED = new RegExp(`^(${alternatives})(\\/|$)`);

/** No call of these handlers reaches it, and it throws if one does: the parser of protocol files (140 KB), for gRPC servers. */
const ABSENT = /^@grpc\/proto-loader$/;

export const lean: Plugin = {
  name: 'lean',
  setup(build) {
    const project = build.initialOptions.absWorkingDir ?? process.cwd();
    let client: Promise<Reached> | undefined;

    const resolve = ({ path: specifier, importer }: OnResolveArgs): OnResolveResult | undefined => {
      const file = resolveFrom(importer, specifier);
      if (file === undefined) return undefined; // esbuild reports what is missing
      return { path: file, sideEffects: file.split(path.sep).join('/').endsWith(WITH_EFFECT) };
    };
    build.onResolve({ filter: NAMES_COMPILED }, resolve);
    build.onResolve({ filter: /^\./ }, (args) =>
      IN_COMPILED.test(args.importer) ? resolve(args) : undefined,
    );

    build.onLoad({ filter: IN_COMPILED }, async ({ path: file }) => {
      if (!file.endsWith('.js')) return undefined;
      const [packages = '', inPackages = ''] = splitAtPackages(file);
      if (!CLIENT.includes(inPackages)) return converted(file);
      client ??= reachClient(packages, build.initialOptions, project);
      const { code } = await client;
      return asEsModule(file, code.get(file));
    });

    build.onResolve({ filter: ABSENT }, ({ path: name }) => ({ path: name, namespace: 'absent' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path: name }) => ({
      contents: `throw new Error('${name} is left out of this bundle');`,
    }));
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: path.join(__dirname, 'credentials.ts'),
    }));

    build.onEnd(async ({ metafile }) => ({
      errors: client && metafile ? calledElsewhere(await client, metafile, project) : [],
    }));
  },
};

const conversions = new Map<string, OnLoadResult | undefined>();

/** The same for every bundle, so it is made once. */
function converted(file: string): OnLoadResult | undefined {
  if (!conversions.has(file)) conversions.set(file, asEsModule(file));
  return conversions.get(file);
}

function asEsModule(file: string, code = readFileSync(file, 'utf8')): OnLoadResult | undefined {
  if (!isCompiled(code)) return undefined;
  const modules = requiredBy(code).filter(isModuleFrom(file));
  const convert = () => toEsModule(file, code, (specifier) => modules.includes(specifier));
  return { contents: kept(['module', code, ...modules], convert) };
}

/** The client without what no code of this bundle can call. */
async function reachClient(packages: string, options: BuildOptions, project: string): Promise<Reached> {
  const read = (file: string) => ({ file, code: readFileSync(file, 'utf8') });
  const sources = (await callers(options)).map((file) => read(path.resolve(project, file)));
  return reach(
    CLIENT.map((file) => read(path.join(packages, file))),
    sources.flatMap(({ file, code }) => [...namesIn(file, code)]),
  );
}

/**
 * All files of the bundle that may call the client. To find them, a bundle without the packages that never call it is built
 * first, in a few milliseconds. Empty if that build fails: then the main build fails too, and says why.
 */
async function callers(options: BuildOptions): Promise<string[]> {
  const external = [...(options.external ?? []), ...STRANGERS];
  try {
    const { metafile } = await build({ ...options, external, metafile: true, write: false, plugins: [] });
    return Object.keys(metafile.inputs).filter((file) => /\.[cm]?[jt]sx?$/.test(file));
  } catch {
    return [];
  }
}

/** Errors for other code of Momento's in the bundle that calls what was left out of the client. */
function calledElsewhere({ leftOut }: Reached, { inputs, outputs }: Metafile, project: string) {
  const bundled = new Set(Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
  const others = Object.keys(inputs).filter((file) => {
    const [, inPackages = ''] = splitAtPackages(file);
    return bundled.has(file) && inPackages.startsWith('@gomomento/sdk') && !CLIENT.includes(inPackages);
  });
  return others.flatMap((file) => {
    if (!file.endsWith('.js')) return [];
    const code = readFileSync(path.resolve(project, file), 'utf8');
    const called = callsIn(file, code).filter((name) => leftOut.has(name));
    return called.map((name) => ({ text: `${file} calls ${name}, which was left out of Momento's client` }));
  });
}

/** The folder of the packages, and the path in it. */
function splitAtPackages(file: string): string[] {
  const at = file.lastIndexOf(`node_modules${path.sep}`) + 'node_modules/'.length;
  return [file.slice(0, at), file.slice(at).split(path.sep).join('/')];
}

/** Resolves as Node.js does. Asking esbuild, in another process, would make a build take half as long again. */
function resolveFrom(file: string, specifier: string): string | undefined {
  try {
    return createRequire(file).resolve(specifier);
  } catch {
    return undefined;
  }
}

/** Whether what `file` requires becomes an ES module too, or is JSON. */
function isModuleFrom(file: string): (specifier: string) => boolean {
  const { resolve } = createRequire(file);
  return (specifier) => {
    if (!specifier.startsWith('.') && !NAMES_COMPILED.test(specifier)) return false;
    return isModule(resolve(specifier));
  };
}

const answers = new Map<string, boolean>();

function isModule(file: string): boolean {
  const answer = answers.get(file) ?? (file.endsWith('.json') || isCompiled(readFileSync(file, 'utf8')));
  answers.set(file, answer);
  return answer;
}
