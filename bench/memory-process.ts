// The process whose memory is measured: the webhook's bundle, and nothing else that grows.
import { type Region, signedRequest } from './region';

export interface MemoryTask {
  readonly file: string;
  readonly region: Region;
  /** After how many events to look, ascending. */
  readonly after: readonly number[];
}

/** MiB of resident memory after each number of events, garbage collected. */
export type MemoryInUse = number[];

async function run({ file, region, after }: MemoryTask): Promise<MemoryInUse> {
  const { handler }: { handler(request: unknown): Promise<{ statusCode: number }> } = require(file);
  const inUse: number[] = [];
  let sent = 0;
  for (const events of after) {
    // One at a time, as an instance of Lambda has them.
    for (; sent < events; sent++) {
      const { statusCode } = await handler(signedRequest(region));
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
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
