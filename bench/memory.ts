// Whether the webhook's memory stays flat, however many events an instance lives through.
import type { Figure } from './figures';
import type { MemoryInUse, MemoryTask } from './memory-process';
import { ask } from './process';
import { inRegion } from './region';
import { withSubjects } from './subjects';

const EARLY = 10_000;
const LATE = 200_000;

export async function measureMemory(): Promise<Figure[]> {
  return withSubjects(({ webhook }) =>
    inRegion({ delays: false }, async (region) => {
      const task: MemoryTask = { file: webhook.file, region, after: [EARLY, LATE], concurrency: 8 };
      const environment = { ...webhook.environment, ...region.environment };
      const inUse = await ask<MemoryInUse>('memory-process.ts', task, environment, ['--expose-gc']);
      const [early = Number.NaN, late = Number.NaN] = inUse;
      return [
        {
          what: `memory: RSS after ${LATE} events over after ${EARLY}`,
          value: late - early,
          unit: ' MiB',
          samples: 1,
          bar: 10,
          note: `${late.toFixed(1)} and ${early.toFixed(1)} MiB`,
        },
      ];
    }),
  );
}
