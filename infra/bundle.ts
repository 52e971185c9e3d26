// The code of the functions: each handler with all that it imports, in one file.
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { type BuildFailure, type BuildOptions, buildSync, version } from 'esbuild';
import { BundleRecord, type Making, replaceFile } from './bundle-record';

const PROJECT = path.resolve(__dirname, '..');

/** Relative to the program, and so the same in the state of every machine. Git ignores it. */
const BUNDLES = '.bundles';

const OPTIONS = {
  outdir: BUNDLES,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  sourcemap: false,
  logLevel: 'silent', // errors are told below
} satisfies BuildOptions;

/**
 * Bundles `handlers/<name>.ts` of each name, self-contained and minified, and gives the archive of a name: `index.js`.
 * The same sources give the same bytes, from any folder on any machine, so an unchanged handler is no change.
 * It works at once, not in an output: a build error is thrown (a RunError with file and line) before any resource is
 * registered.
 * @param project the folder that holds `handlers` and `node_modules`
 */
export function bundleHandlers<Name extends string>(
  names: readonly Name[],
  project = PROJECT,
): (name: Name) => pulumi.asset.AssetArchive {
  const record = new BundleRecord(project, `${BUNDLES}/made.json`, 'handlers');
  const request = JSON.stringify([names, version, OPTIONS]);
  if (!record.holds(request)) record.write(request, build(names, project));
  return (name) => {
    // A file, not its text: the state would hold every text twice and be written again with each resource.
    const index = new pulumi.asset.FileAsset(`${BUNDLES}/${name}.js`);
    return new pulumi.asset.AssetArchive({ 'index.js': index });
  };
}

/** Makes the bundles, and tells from what. */
function build(names: readonly string[], project: string): Making {
  const start = Date.now();
  try {
    const { metafile, outputFiles } = buildSync({
      ...OPTIONS,
      absWorkingDir: project, // paths in the output are relative to it
      entryPoints: Object.fromEntries(names.map((name) => [name, `./handlers/${name}.ts`])),
      metafile: true,
      write: false,
    });
    for (const bundle of outputFiles) replaceFile(bundle.path, bundle.contents);
    return { inputs: Object.keys(metafile.inputs), outputs: Object.keys(metafile.outputs), start };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const list = error.errors.map(({ text, location: at }) =>
      at ? `\n  - ${at.file}:${at.line}:${at.column + 1}: ${text}` : `\n  - ${text}`,
    );
    throw new pulumi.RunError(`The handlers cannot be bundled:${list.join('')}`);
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
