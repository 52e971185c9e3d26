// The clock of a soak's relay, so that minutes of it are over at once: its timers go on as they did.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class LeapingClock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'leaping-clock-'));
  readonly #file = join(this.#folder, 'ahead');

  constructor() {
    this.set(0);
  }

  /** What makes this the clock of a Node.js process. */
  get environment(): Record<string, string> {
    return {
      NODE_OPTIONS: `--require=${join(__dirname, 'leaping-clock.cjs')}`,
      LEAPING_CLOCK: this.#file,
    };
  }

  /** @param aheadMs of this machine's clock */
  set(aheadMs: number): void {
    const next = `${this.#file}.next`;
    writeFileSync(next, String(aheadMs));
    renameSync(next, this.#file); // whoever reads it reads one or the other
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
