// The code of the functions: each handler with all that it imports, in one file.
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { type BuildFailure, buildSync } from 'esbuild';

const PROJECT = path.resolve(__dirname, '..');

/** Relative to the program, and so the same in the state of every machine. Git ignores it. */
const BUNDLES = '.bundles';

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
  for (const bundle of build(names, project)) replaceFile(bundle.path, bundle.contents);
  return (name) => {
    // A file, not its text: the state would hold every text twice and be written again with each resource.
    const index = new pulumi.asset.FileAsset(`${BUNDLES}/${name}.js`);
    return new pulumi.asset.AssetArchive({ 'index.js': index });
  };
}

function build(names: readonly string[], project: string) {
  try {
    return buildSync({
      absWorkingDir: project, // paths in the output are relative to it
      entryPoints: Object.fromEntries(names.map((name) => [name, `./handlers/${name}.ts`])),
      outdir: BUNDLES,
      write: false,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      charset: 'utf8',
      minify: true,
      legalComments: 'none',
      sourcemap: false,
      logLevel: 'silent', // errors are told below
    }).outputFiles;
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

/** At one blow: somebody else may be reading or writing the same bundle. */
function replaceFile(file: string, contents: Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
