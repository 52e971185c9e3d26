// The process whose memory is measured: it runs the webhook's bundle, and nothing else that grows.
import { progressOf } from '../local/commands/progress';
import { type Region, signedRequest } from './region';

export interface MemoryTask {
  readonly file: string;
  readonly region: Region;
  /** The numbers of events after which to measure, ascending. */
  readonly after: readonly number[];
}

/** MiB of resident memory after each number of events, after garbage collection. */
export type MemoryInUse = number[];

async function run({ file, region, after }: MemoryTask): Promise<MemoryInUse> {
  const { handler }: { handler(request: unknown): Promise<{ statusCode: number }> } = await import(file);
  const inUse: number[] = [];
  const tell = progressOf('events', after.at(-1) ?? 0);
  let sent = 0;
  for (const events of after) {
    // One at a time, as in an instance of Lambda.
    for (; sent < events; sent++) {
      const { statusCode } = await handler(signedRequest(region));
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
      tell(sent + 1);
    }
    globalThis.gc?.();
    inUse.push(process.memoryUsage.rss() / 2 ** 20);
  }
  return inUse;
}

console.warn = console.info; // standard output goes nowhere
process.once('message', (task: MemoryTask) => {
  run(task).then(
    (inUse) => process.send?.(inUse, () => process.exit()),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
