// `npm run bench`: prints each figure beside its bar, and exits with 1 if a bar is missed. Writes nothing. `--markdown` prints
// the tables of docs/performance.md and docs/cost.md.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBundle } from './bundle';
import { measureCold, measureMemorySizes } from './cold';
import { circumstances, type Figure, holds, markdown, table } from './figures';
import { largestParts } from './largest';
import { measureMemory } from './memory';
import { measurePreview } from './preview';
import { measureRelay } from './relay';
import { measureWarm } from './warm';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Samples of each figure; use at least 20 for a figure to quote. */
    samples: { type: 'string', default: '20' },
    /** A Node.js executable for the cold starts; may be given several times. */
    node: { type: 'string', multiple: true, default: [process.execPath] },
    /** Prints Markdown. */
    markdown: { type: 'boolean', default: false },
  },
});
const samples = Number(values.samples);

const MEASURES: Record<string, () => Promise<Figure[]>> = {
  bundle: measureBundle,
  cold: () => measureCold(samples, values.node),
  sizes: () => measureMemorySizes(samples),
  warm: () => measureWarm(samples),
  preview: () => measurePreview(samples),
  memory: measureMemory,
  relay: () => measureRelay(samples),
};

async function main(): Promise<void> {
  const figures: Figure[] = [];
  const show = values.markdown ? markdown : table;
  for (const name of positionals.length > 0 ? positionals : Object.keys(MEASURES)) {
    const measure = MEASURES[name];
    if (!measure)
      throw new RangeError(`unknown bench ${name}; use one of ${Object.keys(MEASURES).join(', ')}`);
    const [before = 0] = loadavg();
    const measured = await measure();
    const [after = 0] = loadavg();
    console.log(`${show(measured)}\n\n${circumstances([before, after])}\n`);
    if (name === 'bundle') console.log(`${await largestParts()}\n`);
    figures.push(...measured);
  }
  if (positionals.length !== 1 && !values.markdown) console.log(table(figures));
  const missed = figures.filter((figure) => !holds(figure));
  if (missed.length > 0) console.error(`missed: ${missed.map(({ what }) => what).join('; ')}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(error instanceof RangeError ? error.message : error);
  process.exitCode = 2;
});
