// Runs esbuild in a process of its own: options in, bundles out. Plug-ins work only asynchronously, and the program must
// wait.
import { readFileSync } from 'node:fs';
import { type BuildFailure, type BuildOptions, build, type Message } from 'esbuild';
import { lean } from './lean';

/** What is written to standard output, as JSON. */
export type Built =
  | {
      readonly bundles: readonly { readonly path: string; readonly text: string }[];
      readonly inputs: readonly string[];
      readonly outputs: readonly string[];
    }
  | { readonly errors: readonly Pick<Message, 'text' | 'location'>[] };

async function run(options: BuildOptions): Promise<Built> {
  try {
    const { outputFiles, metafile } = await build({
      ...options,
      metafile: true,
      write: false,
      plugins: [lean],
    });
    return {
      bundles: outputFiles.map(({ path, text }) => ({ path, text })),
      inputs: Object.keys(metafile.inputs),
      outputs: Object.keys(metafile.outputs),
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { errors: error.errors.map(({ text, location }) => ({ text, location })) };
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

run(JSON.parse(readFileSync(0, 'utf8'))).then((built) => process.stdout.write(JSON.stringify(built)));
