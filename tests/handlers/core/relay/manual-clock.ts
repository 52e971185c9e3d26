// A clock that moves only when a test says so.
import type { Clock } from '../../../../handlers/core/clock';

export class ManualClock implements Clock {
  #now = 1_700_000_000_000;
  #timers: { readonly at: number; readonly work: () => void }[] = [];
  /** The value that `random` returns. */
  chance = 0;

  now = (): number => this.#now;

  random = (): number => this.chance;

  after = (milliseconds: number, work: () => void): (() => void) => {
    const timer = { at: this.#now + milliseconds, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  };

  /** The time until each set timer, in milliseconds. */
  get waits(): number[] {
    return this.#timers.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Lets this much time pass, timer by timer, with everything that follows from each. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      await settled();
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#now = Math.max(this.#now, due.at);
      this.#timers = this.#timers.filter((each) => each !== due);
      due.work();
    }
    this.#now = until;
  }
}

/** Lets everything happen that takes no time. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
