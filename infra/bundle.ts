// The code of the functions: each handler with everything it imports, in a few files.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { type BuildOptions, version } from 'esbuild';
import { DEFAULT_APPLICATION } from './application';
import { BundleRecord, type Making, replaceFile } from './bundle-record';
import type { Built, Wanted } from './bundling/build';

const PROJECT = path.resolve(__dirname, '..');
const BUNDLING = path.join(__dirname, 'bundling');

/** Relative to the program, and so the same in the state on every machine. Git ignores it. */
const BUNDLES = '.bundles';

/** `false` gives plain bundles, which are larger and start later: see docs/bundling.md. */
const LEAN = true;

/** Options for esbuild that all bundles share. */
const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'], // unused parts of ES modules can be left out
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  sourcemap: false,
  logLevel: 'silent', // errors are reported below
} satisfies BuildOptions;

export interface BundleSettings {
  /** The folder of the application, relative to the project: `#application` in the handlers. */
  readonly application?: string;
  /** The folder that holds `handlers`, the application and `node_modules`. */
  readonly project?: string;
  /** Whether to leave out what the handlers do not use. */
  readonly lean?: boolean;
}

/**
 * Bundles `handlers/<name>.ts` for each name, self-contained and minified. Returns a function that gives the archive for a
 * name: `index.mjs` and the CommonJS files that it loads. The same sources give the same bytes, from any folder on any
 * machine, so an unchanged handler is not updated.
 * It runs at once, not in an output: a build error (a RunError with file and line) is thrown before any resource is
 * registered.
 */
export function bundleHandlers<Name extends string>(
  names: readonly Name[],
  settings: BundleSettings = {},
): (name: Name) => pulumi.asset.AssetArchive {
  const { application = DEFAULT_APPLICATION } = settings;
  // Two applications may be evaluated at the same time. Neither must take the other's bundles.
  const folder = application === DEFAULT_APPLICATION ? BUNDLES : path.posix.join(BUNDLES, application);
  const builds = names.flatMap((name) => archiveOf(name, application, `${folder}/${name}`));
  const outputs = bundle(`${folder}/${names.join('-')}.json`, builds, settings);
  return (name) => {
    const own = outputs.filter((file) => path.posix.dirname(file) === `${folder}/${name}`);
    // Files, not their text: the state would hold every text twice, and is written again with each resource.
    const assets = own.map((file) => [path.posix.basename(file), new pulumi.asset.FileAsset(file)]);
    return new pulumi.asset.AssetArchive(Object.fromEntries(assets));
  };
}

/** Options for esbuild, to make the files of a handler's archive in the folder `outdir`. */
export function archiveOf(name: string, application: string, outdir: string): [BuildOptions, BuildOptions] {
  const split: BuildOptions = {
    ...OPTIONS,
    outdir,
    alias: { '#application': `./${application}` },
    entryPoints: { init: './handlers/init.ts', handler: `./handlers/${name}.ts` },
    format: 'esm',
    splitting: true, // what both need is in a file of its own, and what is imported late is loaded late
    chunkNames: '[hash]',
    outExtension: { '.js': '.cjs' }, // build.ts makes it CommonJS
  };
  const index: BuildOptions = {
    ...OPTIONS,
    outdir,
    entryPoints: { index: './handlers/index.mjs' },
    format: 'esm',
    outExtension: { '.js': '.mjs' },
  };
  return [split, index];
}

/** Bundles the relay as one file, `.bundles/relay.js`, which the Dockerfile copies. Throws as `bundleHandlers` does. */
export function bundleRelay(settings: BundleSettings = {}): void {
  const options: BuildOptions = {
    ...OPTIONS,
    outdir: BUNDLES,
    entryPoints: { relay: './handlers/relay.ts' },
    format: 'cjs',
    supported: { 'dynamic-import': false }, // the bundle is the only file
  };
  bundle(`${BUNDLES}/relay.json`, [options], settings);
}

/** Makes bundles, unless `record` shows that they are there and nothing has changed. Returns their files. */
function bundle(
  file: string,
  bundles: readonly BuildOptions[],
  { project = PROJECT, lean = LEAN }: BundleSettings,
): readonly string[] {
  const record = new BundleRecord(project, file);
  const request = JSON.stringify([version, lean, bundles]);
  const outputs = record.find(request) ?? record.write(request, build(project, { lean, bundles }));
  // Docker treats a change of the mode as one of the contents, and the mode depends on the umask of whoever built the file.
  for (const output of outputs) chmodSync(path.join(project, output), 0o644);
  return outputs;
}

/** Builds the bundles, and returns what they were built from. */
function build(project: string, { lean, bundles }: Wanted): Making {
  const start = Date.now();
  // Paths in the output are relative to the project.
  const built = runBuild({ lean, bundles: bundles.map((one) => ({ ...one, absWorkingDir: project })) });
  if ('errors' in built) {
    const list = built.errors.map(({ text, location: at }) =>
      at ? `\n  - ${at.file}:${at.line}:${at.column + 1}: ${text}` : `\n  - ${text}`,
    );
    throw new pulumi.RunError(`The handlers cannot be bundled:${list.join('')}`);
  }
  for (const { path: file, text } of built.files) replaceFile(path.join(project, file), text);
  // The code that trims packages decides what is kept of them, so it is an input too.
  const means = readdirSync(BUNDLING).map((file) => path.relative(project, path.join(BUNDLING, file)));
  const outputs = built.files.map((one) => one.path);
  return { inputs: [...new Set([...built.inputs, ...means])], outputs, start };
}

function runBuild(wanted: Wanted): Built {
  const args = ['-r', path.join(__dirname, 'read-typescript.cjs'), path.join(BUNDLING, 'build.ts')];
  return JSON.parse(
    execFileSync(process.execPath, args, {
      input: JSON.stringify(wanted),
      maxBuffer: Number.POSITIVE_INFINITY,
      encoding: 'utf8',
    }),
  );
}
