// Shows where the bytes of the webhook's bundle come from, and so where to look for the next cut.
import * as path from 'node:path';
import { build } from 'esbuild';
import { DEFAULT_APPLICATION } from '../infra/application';
import { archiveOf } from '../infra/bundle';
import { lean } from '../infra/bundling/lean';

const SHOWN = 12;

/** The packages with the most bytes in the bundle, one per line. */
export async function largestParts(): Promise<string> {
  const [split] = archiveOf('webhook', DEFAULT_APPLICATION, 'bundle');
  const { metafile } = await build({
    ...split,
    absWorkingDir: path.resolve(__dirname, '..'),
    plugins: [lean],
    metafile: true,
    write: false,
  });
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name = 'this project'] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  }
  const sorted = [...bytes].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  return sorted.map(([name, size]) => `${(size / 1000).toFixed(1).padStart(7)} kB  ${name}`).join('\n');
}
