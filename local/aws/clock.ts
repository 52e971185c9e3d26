// The stack's own clock: this machine's, which tests can set forward instead of waiting for minutes.

export class Clock {
  /** Milliseconds, in memory that the functions' threads share. */
  readonly ahead = new Float64Array(new SharedArrayBuffer(8));
  readonly #listeners = new Set<() => void>();

  /** Milliseconds since the epoch. */
  readonly now = (): number => Date.now() + this.aheadMs;

  get aheadMs(): number {
    return this.ahead[0] ?? 0;
  }

  /** Sets the clock forward for everything in the stack. Only dates jump: timers are not affected. */
  advance(ms: number): void {
    this.ahead[0] = this.aheadMs + ms;
    for (const listener of this.#listeners) listener();
  }

  onAdvance(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
