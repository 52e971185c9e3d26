// The code of the functions: each handler with everything it imports, in one file.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { type BuildOptions, version } from 'esbuild';
import { DEFAULT_APPLICATION } from './application';
import { BundleRecord, type Making, replaceFile } from './bundle-record';
import type { Built } from './bundling/build';

const PROJECT = path.resolve(__dirname, '..');
const BUNDLING = path.join(__dirname, 'bundling');

/** Relative to the program, and so the same in the state on every machine. Git ignores it. */
const BUNDLES = '.bundles';

/** Options for esbuild, besides the entries and the folder. */
export const OPTIONS = {
  outdir: BUNDLES,
  alias: { '#application': './application' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'], // unused parts of ES modules can be left out
  supported: { 'dynamic-import': false }, // the bundle is the only file, and `import('node:http')` loads fetch too
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
}

/**
 * Bundles `handlers/<name>.ts` for each name, self-contained and minified. Returns a function that gives the archive for a
 * name: `index.js`. The same sources give the same bytes, from any folder on any machine, so an unchanged handler is not
 * updated.
 * It runs at once, not in an output: a build error (a RunError with file and line) is thrown before any resource is
 * registered.
 */
export function bundleHandlers<Name extends string>(
  names: readonly Name[],
  { application = DEFAULT_APPLICATION, project = PROJECT }: BundleSettings = {},
): (name: Name) => pulumi.asset.AssetArchive {
  // Two applications may be evaluated at the same time. Neither must take the other's bundles.
  const folder = application === DEFAULT_APPLICATION ? BUNDLES : path.posix.join(BUNDLES, application);
  const options: Options = { ...OPTIONS, outdir: folder, alias: { '#application': `./${application}` } };
  const record = new BundleRecord(project, `${folder}/${names.join('-')}.json`);
  const request = JSON.stringify([names, version, options]);
  if (!record.holds(request)) record.write(request, build({ names, project, options }));
  // Docker treats a change of the mode as one of the contents, and the mode depends on the umask of whoever built the file.
  for (const name of names) chmodSync(path.join(project, folder, `${name}.js`), 0o644);
  return (name) => {
    // A file, not its text: the state would hold every text twice, and is written again with each resource.
    const index = new pulumi.asset.FileAsset(`${folder}/${name}.js`);
    return new pulumi.asset.AssetArchive({ 'index.js': index });
  };
}

type Options = BuildOptions & { readonly outdir: string };

interface Build {
  readonly names: readonly string[];
  readonly project: string;
  readonly options: Options;
}

/** Builds the bundles, and returns what they were built from. */
function build({ names, project, options }: Build): Making {
  const start = Date.now();
  const built = runBuild({
    ...options,
    absWorkingDir: project, // paths in the output are relative to it
    entryPoints: Object.fromEntries(names.map((name) => [name, `./handlers/${name}.ts`])),
  });
  if ('errors' in built) {
    const list = built.errors.map(({ text, location: at }) =>
      at ? `\n  - ${at.file}:${at.line}:${at.column + 1}: ${text}` : `\n  - ${text}`,
    );
    throw new pulumi.RunError(`The handlers cannot be bundled:${list.join('')}`);
  }
  for (const bundle of built.bundles) replaceFile(bundle.path, bundle.text);
  // The code that trims packages decides what is kept of them, so it is an input too.
  const means = readdirSync(BUNDLING).map((file) => path.relative(project, path.join(BUNDLING, file)));
  return { inputs: [...new Set([...built.inputs, ...means])], outputs: built.outputs, start };
}

function runBuild(options: BuildOptions): Built {
  const args = ['-r', require.resolve('ts-node/register'), path.join(BUNDLING, 'build.ts')];
  return JSON.parse(
    execFileSync(process.execPath, args, {
      cwd: PROJECT, // where ts-node finds its settings
      input: JSON.stringify(options),
      maxBuffer: Number.POSITIVE_INFINITY,
      encoding: 'utf8',
    }),
  );
}
