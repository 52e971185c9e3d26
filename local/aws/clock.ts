// The stack's own clock: this machine's, which can be set forward where minutes are not to be waited for.

export class Clock {
  /** Milliseconds, in memory that the functions' threads share. */
  readonly ahead = new Float64Array(new SharedArrayBuffer(8));
  readonly #listeners = new Set<() => void>();

  /** Milliseconds since the epoch. */
  readonly now = (): number => Date.now() + this.aheadMs;

  get aheadMs(): number {
    return this.ahead[0] ?? 0;
  }

  /** Sets it forward for all that run in the stack. Only dates jump: timers go on as if nothing had been. */
  advance(ms: number): void {
    this.ahead[0] = this.aheadMs + ms;
    for (const listener of this.#listeners) listener();
  }

  onAdvance(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
