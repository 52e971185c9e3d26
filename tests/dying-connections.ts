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

/** What the proxy is told: how its connections die, to refuse new ones or accept them again, or to count what it accepted. */
export type Order = Death | 'refuse' | 'accept' | 'count';

export class DyingConnections {
  private constructor(
    private readonly worker: Worker,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<DyingConnections> {
    const options = { execArgv: ['-r', join(__dirname, '../infra/read-typescript.cjs')], workerData: port };
    const worker = new Worker(join(__dirname, 'dying-proxy.ts'), options);
    const [listening] = await once(worker, 'message');
    return new DyingConnections(worker, Number(listening));
  }

  /** Lets every connection die that is open now, and gives how many did. */
  die(death: Death): number {
    return this.#order(death);
  }

  /** Closes the port. Connections that are open stay so. */
  refuse(): void {
    this.#order('refuse');
  }

  /** Opens the port again. */
  accept(): void {
    this.#order('accept');
  }

  /** How many connections there have been. */
  count(): number {
    return this.#order('count');
  }

  /** The proxy writes its answer, plus one, when it is done. This thread stands still meanwhile. */
  #order(order: Order): number {
    const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    this.worker.postMessage({ order, done });
    Atomics.wait(done, 0, 0);
    return Atomics.load(done, 0) - 1;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
