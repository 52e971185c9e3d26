// `npm run bench`: prints each figure beside its bar, and exits with 1 if a bar is missed. Writes nothing.
import { parseArgs } from 'node:util';
import { ignoreProxies } from '../local/commands/proxies';
import { measureBundle } from './bundle';
import { measureCold } from './cold';
import { type Figure, holds, table } from './figures';
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
  },
});
const samples = Number(values.samples);

const MEASURES: Record<string, () => Promise<Figure[]>> = {
  bundle: measureBundle,
  cold: () => measureCold(samples, values.node),
  warm: () => measureWarm(samples),
  preview: () => measurePreview(samples),
  memory: measureMemory,
  relay: () => measureRelay(samples),
};

async function main(): Promise<void> {
  ignoreProxies();
  const figures: Figure[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(MEASURES)) {
    const measure = MEASURES[name];
    if (!measure)
      throw new RangeError(`unknown bench ${name}; use one of ${Object.keys(MEASURES).join(', ')}`);
    const measured = await measure();
    console.log(`${table(measured)}\n`);
    if (name === 'bundle') console.log(`${await largestParts()}\n`);
    figures.push(...measured);
  }
  if (positionals.length !== 1) console.log(table(figures));
  const missed = figures.filter((figure) => !holds(figure));
  if (missed.length > 0) console.error(`missed: ${missed.map(({ what }) => what).join('; ')}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(error instanceof RangeError ? error.message : error);
  process.exitCode = 2;
});
