// `npm run bench`: prints each figure beside its bar, and exits with 1 if a bar is missed. Writes nothing.
import { loadavg } from 'node:os';
import { parseArguments, UsageError } from '../local/commands/flags';
import { ignoreProxies } from '../local/commands/proxies';
import { measureBundle } from './bundle';
import { measureCold, measureMemorySizes } from './cold';
import { circumstances, type Figure, holds, markdown, table } from './figures';
import { largestParts } from './largest';
import { measureMemory } from './memory';
import { measureMomento } from './momento';
import { measurePreview } from './preview';
import { measureRelay } from './relay';
import { measureWarm } from './warm';

const USAGE = `Usage: npm run bench -- [NAME]... [--samples N] [--node EXECUTABLE]... [--markdown]

Measures the benches of these names, or all: bundle, cold, sizes, warm, preview, memory, relay, momento. Prints each figure
beside its bar, and exits 1 if a bar is missed.

  --samples N        samples of each figure; default 20, the fewest for a figure to quote
  --node EXECUTABLE  a Node.js for the cold starts; may be given several times; default: this one
  --markdown         prints the tables of docs/performance.md and docs/cost.md`;

const { values, positionals } = readArguments();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const samples = samplesOf(values.samples);

const MEASURES: Record<string, () => Promise<Figure[]>> = {
  bundle: measureBundle,
  cold: () => measureCold(samples, values.node),
  sizes: () => measureMemorySizes(samples),
  warm: () => measureWarm(samples),
  preview: () => measurePreview(samples),
  memory: measureMemory,
  relay: () => measureRelay(samples),
  momento: () => measureMomento(samples),
};

async function main(): Promise<void> {
  ignoreProxies();
  const figures: Figure[] = [];
  const show = values.markdown ? markdown : table;
  for (const name of positionals.length > 0 ? positionals : Object.keys(MEASURES)) {
    const measure = MEASURES[name];
    if (!measure)
      throw new UsageError(`there is no bench ${name}; allowed: ${Object.keys(MEASURES).join(', ')}`);
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

function readArguments() {
  try {
    return parseArguments(process.argv.slice(2), {
      samples: { type: 'string', default: '20' },
      node: { type: 'string', multiple: true, default: [process.execPath] },
      markdown: { type: 'boolean' },
      help: { type: 'boolean' },
    });
  } catch (error) {
    refuse(error);
  }
}

function samplesOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  refuse(new UsageError(`--samples is ${JSON.stringify(text)}; allowed: 1 to 999999`));
}

function refuse(error: unknown): never {
  console.error(error instanceof UsageError ? error.message : error);
  process.exit(2);
}

main().catch(refuse);
