// Runs esbuild in a process of its own: options in, bundles out. Plug-ins work only asynchronously, and the program must
// wait.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  type BuildFailure,
  type BuildOptions,
  build,
  type Message,
  type TransformOptions,
  transform,
} from 'esbuild';
import { lean } from './lean';

/** What is read from standard input, as JSON. */
export interface Wanted {
  readonly bundles: readonly BuildOptions[];
  /** Whether to leave out what the handlers do not use. */
  readonly lean: boolean;
}

interface File {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
}

interface Bundle {
  readonly files: readonly File[];
  readonly inputs: readonly string[];
}

/** What is written to standard output, as JSON. */
export type Built = Bundle | { readonly errors: readonly Pick<Message, 'text' | 'location'>[] };

async function run(wanted: Wanted): Promise<Built> {
  const plugins = wanted.lean ? [lean] : [];
  const settled = await Promise.allSettled(wanted.bundles.map((options) => bundle({ ...options, plugins })));
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failures.length > 0) return { errors: [...new Set(failures.flatMap(errorsOf))] };
  const bundles = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return { files: bundles.flatMap(({ files }) => files), inputs: bundles.flatMap(({ inputs }) => inputs) };
}

async function bundle(options: BuildOptions): Promise<Bundle> {
  const { outputFiles = [], metafile } = await build({ ...options, metafile: true, write: false });
  const project = options.absWorkingDir ?? process.cwd();
  const files = outputFiles.map(({ path: file, text }) => {
    return { path: path.relative(project, file).split(path.sep).join('/'), text };
  });
  return {
    files: options.splitting ? renamed(await Promise.all(files.map(toCommonJs))) : files,
    inputs: Object.keys(metafile?.inputs ?? {}),
  };
}

const COMMON_JS = {
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  supported: { 'dynamic-import': false }, // `import('node:http')` loads fetch too
  charset: 'utf8',
  minify: true,
} satisfies TransformOptions;

/** esbuild splits ES modules only, but Node.js loads CommonJS faster. So each of the files becomes CommonJS afterwards. */
async function toCommonJs({ path, text }: File): Promise<File> {
  return { path, text: (await transform(text, COMMON_JS)).code };
}

/** The name that esbuild gives to a file that is no entry. It depends on the folder in which the packages are. */
const HASHED = /\b[A-Z0-9]{8}\.cjs\b/g;

/** The files under names that depend on what they hold. */
function renamed(files: readonly File[]): File[] {
  const names = new Map(
    files.map((file): [string, string] => {
      const digest = createHash('sha256').update(file.text.replace(HASHED, '')).digest('hex');
      return [path.posix.basename(file.path), `${digest.slice(0, 8)}.cjs`];
    }),
  );
  const rename = (text: string) => text.replace(HASHED, (name) => names.get(name) ?? name);
  return files.map((file) => ({ path: rename(file.path), text: rename(file.text) }));
}

/** The errors of one bundle. Several bundles may share a broken file. */
function errorsOf(failure: unknown): Pick<Message, 'text' | 'location'>[] {
  if (!isBuildFailure(failure)) throw failure;
  return failure.errors.map(({ text, location }) => ({ text, location }));
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

run(JSON.parse(readFileSync(0, 'utf8'))).then((built) => process.stdout.write(JSON.stringify(built)));
