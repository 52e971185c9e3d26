// `npm run soak -- --events 100000 --faults 0.2 --seed N`
import { numberOf, progress, runProof } from '../proof';
import { soak } from './soak';

const HELP = `npm run soak -- [--events 100000] [--faults 0.2] [--seed N] [--concurrency 48] [--event N]

Sends that many signed events through the real handlers, while the given share of the calls to Momento and SQS fails,
both keys are rotated and one event in five is delivered twice. Exits 1 unless every event that was answered 2xx is
stored exactly once, or stands in the dead-letter queue. --event runs one event of the seed alone.`;

runProof(HELP, ['events', 'faults', 'seed', 'concurrency', 'event'], async (given) => {
  const events = numberOf(given, 'events', 100_000, { min: 1 });
  const options = {
    events,
    faults: numberOf(given, 'faults', 0.2, { min: 0, max: 1, fraction: true }),
    seed: numberOf(given, 'seed', Math.floor(Math.random() * 1e6), { min: 0 }),
    concurrency: numberOf(given, 'concurrency', 48, { min: 2, max: 200 }),
    only: given.event === undefined ? undefined : numberOf(given, 'event', 0, { min: 0 }),
  };
  console.log(`soak: ${events} events, faults in ${options.faults} of the calls, seed ${options.seed}`);
  const report = await soak({ ...options, onProgress: progress(events) });
  const { answers, lost, duplicated, altered, forgedAccepted, heap, ...counts } = report;
  console.log({
    ...counts,
    answers,
    lost: lost.length,
    duplicated: duplicated.length,
    altered: altered.length,
    forgedAccepted,
    heapKiB: { before: Math.round(heap.before / 1024), after: Math.round(heap.after / 1024) },
  });
  const failing = [...lost, ...duplicated, ...altered].slice(0, 10);
  if (failing.length > 0)
    console.log(`run one alone with --seed ${options.seed} --event N: ${failing.join(', ')}`);
  return failing.length === 0 && forgedAccepted === 0;
});
