// The code of the functions: each handler with all that it imports, in one file.
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { type BuildFailure, buildSync } from 'esbuild';

const PROJECT = path.resolve(__dirname, '..');

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
  const archives = new Map<string, pulumi.asset.AssetArchive>();
  for (const file of build(names, project)) {
    const index = new pulumi.asset.StringAsset(file.text);
    archives.set(path.basename(file.path, '.js'), new pulumi.asset.AssetArchive({ 'index.js': index }));
  }
  return (name) => {
    const archive = archives.get(name);
    if (!archive) throw new Error(`the handler ${name} was not bundled`);
    return archive;
  };
}

function build(names: readonly string[], project: string) {
  try {
    return buildSync({
      absWorkingDir: project, // paths in the output are relative to it
      entryPoints: Object.fromEntries(names.map((name) => [name, `./handlers/${name}.ts`])),
      outdir: 'out', // names the outputs; nothing is written
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
