// Warm calls, one at a time as in an instance of Lambda: a stored event and a published comment against the bare SDK's calls,
// and how many forged requests are refused in the time of one stored event.
import { type Figure, median, quantile, ratio } from './figures';
import { ask } from './process';
import { inRegion, type Region } from './region';
import { type Subject, withSubjects } from './subjects';
import type { WarmTask, WarmTimes } from './warm-process';

/** Per sample: so many that a single pause of the machine does not decide the p99. */
const CALLS = 250;

export async function measureWarm(samples: number): Promise<Figure[]> {
  return withSubjects(({ webhook, publisher }) =>
    inRegion({ delays: true }, async (region) => {
      const time = (kind: WarmTask['kind'], { file, environment }: Subject) =>
        timeWarm({ kind, file, region, samples, calls: CALLS }, environment, region);
      const stored = await time('webhook', webhook);
      const denied = await time('denied', webhook);
      const published = await time('publisher', publisher);
      const rate = (calls: readonly number[]) =>
        (1000 * calls.length) / calls.reduce((sum, ms) => sum + ms, 0);
      return [
        against('warm: a stored event, p50', stored, 0.5, { bar: 1.1, aim: 1.05 }),
        against('warm: a stored event, p99', stored, 0.99, { bar: 1.25, aim: 1.15 }),
        {
          what: 'denied: forged against stored, per second',
          ...ratio(denied.ours.map(rate), denied.reference.map(rate)),
          bar: 10,
          aim: 30,
          bound: 'least',
          note: `${rate(denied.ours.flat()).toFixed(0)} and ${rate(denied.reference.flat()).toFixed(0)} per second`,
        },
        against('publisher: a publish, p50', published, 0.5, { bar: 1.3, aim: 1.1 }),
      ];
    }),
  );
}

function against(
  what: string,
  { ours, reference }: WarmTimes,
  part: number,
  { bar, aim }: Pick<Figure, 'bar' | 'aim'>,
): Figure {
  const of = (samples: readonly number[][]) => samples.map((calls) => quantile(calls, part));
  return {
    what,
    ...ratio(of(ours), of(reference)),
    bar,
    aim,
    note: `${median(of(ours)).toFixed(2)} and ${median(of(reference)).toFixed(2)} ms`,
  };
}

function timeWarm(task: WarmTask, settings: Record<string, string>, region: Region): Promise<WarmTimes> {
  return ask('warm-process.ts', task, { ...settings, ...region.environment });
}
