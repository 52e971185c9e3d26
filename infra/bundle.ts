// The code of the functions: each handler with all that it imports, in one file.
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

/** Relative to the program, and so the same in the state of every machine. Git ignores it. */
const BUNDLES = '.bundles';

/** For esbuild, beside the entries and the folder. */
export const OPTIONS = {
  outdir: BUNDLES,
  alias: { '#application': './application' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'], // of ES modules it leaves out what nobody uses
  supported: { 'dynamic-import': false }, // there is nothing beside the bundle, and `import('node:http')` loads fetch too
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  sourcemap: false,
  logLevel: 'silent', // errors are told below
} satisfies BuildOptions;

export interface BundleSettings {
  /** The folder of the application, relative to the project: `#application` in the handlers. */
  readonly application?: string;
  /** The folder that holds `handlers`, the application and `node_modules`. */
  readonly project?: string;
}

/**
 * Bundles `handlers/<name>.ts` of each name, self-contained and minified, and gives the archive of a name: `index.js`.
 * The same sources give the same bytes, from any folder on any machine, so an unchanged handler is no change.
 * It works at once, not in an output: a build error is thrown (a RunError with file and line) before any resource is
 * registered.
 */
export function bundleHandlers<Name extends string>(
  names: readonly Name[],
  { application = DEFAULT_APPLICATION, project = PROJECT }: BundleSettings = {},
): (name: Name) => pulumi.asset.AssetArchive {
  // Two applications may be evaluated at the same time, and neither takes the other's bundles.
  const folder = application === DEFAULT_APPLICATION ? BUNDLES : path.posix.join(BUNDLES, application);
  const options: Options = { ...OPTIONS, outdir: folder, alias: { '#application': `./${application}` } };
  const record = new BundleRecord(project, `${folder}/${names.join('-')}.json`);
  const request = JSON.stringify([names, version, options]);
  if (!record.holds(request)) record.write(request, build({ names, project, options }));
  // Docker takes a change of the mode for one of the contents, and the mode is the umask's of whoever made the file.
  for (const name of names) chmodSync(path.join(project, folder, `${name}.js`), 0o644);
  return (name) => {
    // A file, not its text: the state would hold every text twice and be written again with each resource.
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

/** Makes the bundles, and tells from what. */
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
  // The files that cut a package decide what is kept of it.
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
