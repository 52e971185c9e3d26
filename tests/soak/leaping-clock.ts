// The clock of a soak's relay, which can jump by minutes. Its timers are not affected, but its reports come every second.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class LeapingClock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'leaping-clock-'));
  readonly #file = join(this.#folder, 'ahead');

  constructor() {
    this.set(0);
  }

  /** The environment that gives a Node.js process this clock. */
  get environment(): Record<string, string> {
    return {
      NODE_OPTIONS: `--require=${join(__dirname, 'leaping-clock.cjs')}`,
      LEAPING_CLOCK: this.#file,
    };
  }

  /** @param aheadMs how far it is ahead of this machine's clock */
  set(aheadMs: number): void {
    const next = `${this.#file}.next`;
    writeFileSync(next, String(aheadMs));
    renameSync(next, this.#file); // a reader sees the old or the new value
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
