// A secret that is held in memory, fetched again when it may have been rotated, and never fetched more often than an
// attacker should be able to cause.
import { before } from './deadline';
import { Unavailable } from './errors';

/** How long a failed fetch is remembered, in milliseconds: no other call is made meanwhile. */
export const FAILURE_MEMORY_MS = 30_000;

/** How long a fetch is waited for, in milliseconds: after one whose answer never comes another one must be possible. */
const FETCH_WITHIN_MS = 2_200;

interface Held<T> {
  readonly value: T;
  readonly fetchedAt: number;
}

export class CachedSecret<T> {
  #held: Held<T> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<T> | undefined;
  #prefetch: Promise<void> | undefined;

  /**
   * @param fetch gets the secret; a rejection means that it cannot be had now
   * @param longestMs how old a value may become when newer ones cannot be fetched, in milliseconds
   * @param now milliseconds since the epoch
   */
  constructor(
    private readonly fetch: () => Promise<T>,
    private readonly longestMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Begins to fetch while the function initialises. A failure is forgotten: the instance may have been frozen in the
   * middle of the call, so the first request asks again.
   * @param use is given the secret as soon as it is there
   */
  prefetch(use?: (value: T) => void): void {
    const fetchedAt = this.now();
    const hold = (value: T) => {
      this.#held ??= { value, fetchedAt };
      use?.(value);
    };
    this.#prefetch = this.#fetchInTime()
      .then(hold)
      .catch(() => undefined);
  }

  /**
   * The secret, fetched again where the held one is older than `maxAgeMs`. Calls at the same time share one fetch, and
   * after a failed one, or one that takes longer than `patienceMs`, the held value serves on, up to `longestMs`. Where
   * none can serve on, the fetch is waited for.
   * Throws Unavailable where there is none.
   */
  async get(maxAgeMs: number, patienceMs?: number): Promise<T> {
    await this.#prefetch;
    const held = this.#held;
    if (held && this.#age(held) <= maxAgeMs) return held.value;
    const fetched = this.#fetched();
    const isPatient = patienceMs === undefined || !this.#serves(held);
    const waited = isPatient ? fetched : before(this.now() + patienceMs, fetched, this.now);
    return waited.catch((error: unknown) => {
      const newest = this.#held;
      if (this.#serves(newest)) return newest.value;
      throw error instanceof Unavailable ? error : unavailable(error);
    });
  }

  /** The secret, no older than `maxAgeMs`. Throws Unavailable where it cannot be fetched: no other serves on. */
  async fresh(maxAgeMs: number): Promise<T> {
    await this.#prefetch;
    const held = this.#held;
    return held && this.#age(held) <= maxAgeMs ? held.value : this.#fetched();
  }

  /** One fetch for all calls at the same time. Rejects with Unavailable; after a failed one for a while without a fetch. */
  async #fetched(): Promise<T> {
    if (this.now() - this.#failedAt < FAILURE_MEMORY_MS) throw unavailable();
    this.#fetching ??= this.#fetchOnce();
    return this.#fetching;
  }

  async #fetchOnce(): Promise<T> {
    const fetchedAt = this.now(); // the value may be as old as the moment at which it was asked for
    try {
      const value = await this.#fetchInTime();
      this.#held = { value, fetchedAt };
      return value;
    } catch (cause) {
      this.#failedAt = fetchedAt; // the instance may have been frozen since, and nobody was asked meanwhile
      throw unavailable(cause);
    } finally {
      this.#fetching = undefined;
    }
  }

  #fetchInTime(): Promise<T> {
    return before(this.now() + FETCH_WITHIN_MS, this.fetch(), this.now);
  }

  #age({ fetchedAt }: Held<T>): number {
    return this.now() - fetchedAt;
  }

  #serves(held: Held<T> | undefined): held is Held<T> {
    return held !== undefined && this.#age(held) <= this.longestMs;
  }
}

function unavailable(cause?: unknown): Unavailable {
  return new Unavailable('secret', cause, FAILURE_MEMORY_MS / 1000);
}
