// Limits the number of starts per second. Without a limit, each starts at once.
import type { Timers } from './timers';

export class Pace {
  /** The times of the last starts, oldest first: as many as one window allows. */
  readonly #starts: number[] = [];
  readonly #perWindow: number;
  readonly #windowMs: number;

  /** @param perSecond above 0; below 1 the window is longer than a second */
  constructor(
    perSecond: number,
    private readonly timers: Timers,
  ) {
    this.#perWindow = Math.max(1, Math.floor(perSecond));
    this.#windowMs = Number.isFinite(perSecond) ? (1000 * this.#perWindow) / perSecond : 0;
  }

  /** Runs `start` as soon as the rate allows. Call it again only after that. */
  next(start: () => void): void {
    if (this.#windowMs === 0) {
      start();
      return;
    }
    const oldest = this.#starts.length < this.#perWindow ? undefined : this.#starts.shift();
    const wait = oldest === undefined ? 0 : oldest + this.#windowMs - performance.now();
    const run = (): void => {
      this.#starts.push(performance.now());
      start();
    };
    if (wait <= 0) run();
    else this.timers.after(Math.ceil(wait), run);
  }
}
