// Compiles code with its imports, to run in a thread or process of its own.
import { buildSync } from 'esbuild';

/** JavaScript, as one CommonJS or ES module. */
export function compiled(file: string, format: 'cjs' | 'esm'): string {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format,
  });
  return outputFiles.map(({ text }) => text).join('');
}
