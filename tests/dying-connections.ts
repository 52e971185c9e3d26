// A proxy in front of a server on this machine, whose open connections can be let die. It runs in a thread of its own, so
// they die while this one stands still, as a frozen process does.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * `fin`: closed, and reset at the next write. `fin-rst`: closed, and then reset at once. `rst`: reset at the next write.
 * `silence`: nothing is ever heard again.
 */
export const DEATHS = ['fin', 'fin-rst', 'rst', 'silence'] as const;
export type Death = (typeof DEATHS)[number];

/** What the proxy is told: how its connections die, and where it writes how many did, plus one, when it is done. */
export interface Die {
  readonly death: Death;
  readonly done: Int32Array<SharedArrayBuffer>;
}

export class DyingConnections {
  private constructor(
    private readonly worker: Worker,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<DyingConnections> {
    const options = { execArgv: ['-r', 'ts-node/register'], workerData: port };
    const worker = new Worker(join(__dirname, 'dying-proxy.ts'), options);
    const [listening] = await once(worker, 'message');
    return new DyingConnections(worker, Number(listening));
  }

  /** Lets every connection die that is open now, and gives how many did. This thread stands still meanwhile. */
  die(death: Death): number {
    const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    this.worker.postMessage({ death, done } satisfies Die);
    Atomics.wait(done, 0, 0);
    return Atomics.load(done, 0) - 1;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
