// `npm run fuzz -- --requests 200000 --seed N`
import { progressOf } from '../../local/commands/progress';
import { numberOf, runProof } from '../proof';
import { fuzz, grew } from './fuzz';

const HELP = `npm run fuzz -- [--requests 200000] [--seed N] [--request N]

Sends that many malformed, forged, huge, deep, binary, wrongly encoded and truncated requests to the webhook and the
publisher. Exits 1 unless each gets a 4xx answer, none has an effect or is echoed in its answer, the handlers' memory
does not grow, and a valid event is accepted after all of them. --request sends only one request of the seed.`;

runProof(HELP, ['requests', 'seed', 'request'], async (given) => {
  const requests = numberOf(given, 'requests', 200_000, { min: 1 });
  const seed = numberOf(given, 'seed', Math.floor(Math.random() * 1e6), { min: 0 });
  const only = given.request === undefined ? undefined : numberOf(given, 'request', 0, { min: 0 });
  console.log(`fuzz: ${requests} requests, seed ${seed}`);
  const report = await fuzz({ requests, seed, only, onProgress: progressOf('requests', requests) });
  const { wronglyAnswered, echoed, effects, stillServes, heap, ...counts } = report;
  console.log({
    ...counts,
    wronglyAnswered: wronglyAnswered.length,
    echoed: echoed.length,
    effects,
    stillServes,
    heapKiB: { before: Math.round(heap.before / 1024), after: Math.round(heap.after / 1024) },
  });
  const failing = [...wronglyAnswered, ...echoed].slice(0, 10);
  if (failing.length > 0) console.log(`repeat one with --seed ${seed} --request N: ${failing.join(', ')}`);
  return failing.length === 0 && effects === 0 && stillServes && !grew(report);
});
