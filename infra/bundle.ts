// The code of the functions: each handler with all that it imports, in one file.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { type BuildOptions, version } from 'esbuild';
import { BundleRecord, type Making, replaceFile } from './bundle-record';
import type { Built } from './bundling/build';

const PROJECT = path.resolve(__dirname, '..');
const BUNDLING = path.join(__dirname, 'bundling');

/** Relative to the program, and so the same in the state of every machine. Git ignores it. */
const BUNDLES = '.bundles';

/** For esbuild, beside the entries and the folder. */
export const OPTIONS = {
  outdir: BUNDLES,
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
  const record = new BundleRecord(project, `${BUNDLES}/${names.join('-')}.json`, 'handlers');
  const request = JSON.stringify([names, version, OPTIONS]);
  if (!record.holds(request)) record.write(request, build(names, project));
  // Docker takes a change of the mode for one of the contents, and the mode is the umask's of whoever made the file.
  for (const name of names) chmodSync(path.join(project, BUNDLES, `${name}.js`), 0o644);
  return (name) => {
    // A file, not its text: the state would hold every text twice and be written again with each resource.
    const index = new pulumi.asset.FileAsset(`${BUNDLES}/${name}.js`);
    return new pulumi.asset.AssetArchive({ 'index.js': index });
  };
}

/** Makes the bundles, and tells from what. */
function build(names: readonly string[], project: string): Making {
  const start = Date.now();
  const built = runBuild({
    ...OPTIONS,
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
  const means = filesIn(BUNDLING).map((file) => path.relative(project, file));
  const named = filesIn(path.join(project, 'handlers')).map((file) => path.relative(project, file));
  const inputs = [...new Set([...built.inputs, ...means, ...named])];
  return { inputs, outputs: built.outputs, start };
}

/** The names in all handlers decide what is kept of a package, and so do the files that cut it. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file))
    .filter((file) => file.endsWith('.ts'));
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
