// Checks that the webhook's memory stays flat, however many events an instance handles.
import { type Figure, median } from './figures';
import type { MemoryInUse, MemoryTask } from './memory-process';
import { ask } from './process';
import { inRegion } from './region';
import { withSubjects } from './subjects';

const EARLY = 10_000;
const LATE = 200_000;
/** Resident memory varies from moment to moment, so each figure is the median of several measurements around it. */
const LOOKS = [-2_000, -1_000, 0, 1_000, 2_000];

export async function measureMemory(): Promise<Figure[]> {
  return withSubjects(({ webhook }) =>
    inRegion({ delays: false }, async (region) => {
      const after = [EARLY, LATE].flatMap((events) => LOOKS.map((more) => events + more));
      const task: MemoryTask = { file: webhook.file, region, after };
      const environment = { ...webhook.environment, ...region.environment };
      const inUse = await ask<MemoryInUse>('memory-process.ts', task, environment, ['--expose-gc']);
      const early = median(inUse.slice(0, LOOKS.length));
      const late = median(inUse.slice(LOOKS.length));
      return [
        {
          what: `memory: growth of RSS from ${EARLY} to ${LATE} events`,
          value: late - early,
          unit: ' MiB',
          samples: LOOKS.length,
          bar: 10,
          note: `${late.toFixed(1)} and ${early.toFixed(1)} MiB`,
        },
      ];
    }),
  );
}
