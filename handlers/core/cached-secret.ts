// A secret held in memory. It is fetched again when it may have been rotated, at a rate that no attacker can raise.
import { before, INIT_WITHIN_MS } from './deadline';
import { Unavailable } from './errors';

/**
 * How long a failed fetch is remembered, in milliseconds: at first the least, twice as long after each further one in a row, and
 * never longer than the most. No other fetch starts in that time. An instance that has no value yet refuses every request
 * meanwhile, and Momento sends an event once: one slow answer of AWS must not cost half a minute of events.
 */
export const FAILURE_MEMORY_MS = { least: 1_000, most: 30_000 };

/** Time limit of a fetch, in milliseconds: a fetch that is never answered must not block the next one. */
const FETCH_WITHIN_MS = 2_200;

interface Held<T> {
  readonly value: T;
  readonly fetchedAt: number;
}

export class CachedSecret<T> {
  #held: Held<T> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;
  /** In a row. */
  #failures = 0;
  #fetching: Promise<T> | undefined;
  /** When the newest fetch began. */
  #fetchingSince = Number.NEGATIVE_INFINITY;
  #prefetch: Promise<T | undefined> | undefined;

  /**
   * @param fetch gets the secret; rejects if it is not available now
   * @param longestMs how old a value may become if newer ones cannot be fetched, in milliseconds
   * @param now milliseconds since the epoch
   */
  constructor(
    private readonly fetch: () => Promise<T>,
    private readonly longestMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Fetches while the function initialises. Never rejects: resolves with the secret, or with undefined if it does not come
   * within a second. A failure is forgotten, because the instance may have been frozen during the call: the first request
   * fetches again.
   */
  prefetch(): Promise<T | undefined> {
    const fetchedAt = this.now();
    const hold = (value: T) => {
      this.#held ??= { value, fetchedAt };
      return value;
    };
    this.#prefetch = before(fetchedAt + INIT_WITHIN_MS, this.fetch(), this.now)
      .then(hold)
      .catch(() => undefined);
    return this.#prefetch;
  }

  /**
   * The secret, fetched again if the held value is older than `maxAgeMs`. Concurrent calls share one fetch. If a fetch fails,
   * or takes longer than `patienceMs`, the held value is used up to the age `longestMs`. If there is no usable value, the
   * call waits for the fetch.
   * Throws Unavailable if there is none.
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
      throw error instanceof Unavailable ? error : unavailable(FAILURE_MEMORY_MS.least, error);
    });
  }

  /** The secret, no older than `maxAgeMs`. Throws Unavailable if it cannot be fetched; an older value is not used. */
  async fresh(maxAgeMs: number): Promise<T> {
    await this.#prefetch;
    const held = this.#held;
    return held && this.#age(held) <= maxAgeMs ? held.value : this.#fetched();
  }

  /** One fetch for all concurrent calls. Rejects with Unavailable; for a while after a failure, without fetching. */
  async #fetched(): Promise<T> {
    const waitMs = this.#failedAt + this.#rememberedMs - this.now();
    if (waitMs > 0) throw unavailable(waitMs);
    // One that began longer ago was frozen with the instance: its answer may never come.
    if (this.now() - this.#fetchingSince > FETCH_WITHIN_MS) this.#fetching = undefined;
    this.#fetching ??= this.#fetchOnce();
    return this.#fetching;
  }

  async #fetchOnce(): Promise<T> {
    const fetchedAt = this.now(); // the value may be as old as the request for it
    this.#fetchingSince = fetchedAt;
    const isNewest = () => this.#fetchingSince === fetchedAt;
    try {
      const value = await this.#fetchInTime();
      if (isNewest()) {
        this.#held = { value, fetchedAt };
        this.#failures = 0;
      }
      return value;
    } catch (cause) {
      if (isNewest()) {
        this.#failedAt = fetchedAt; // the instance may have been frozen since then, without another fetch
        this.#failures++;
      }
      throw unavailable(this.#failedAt + this.#rememberedMs - this.now(), cause);
    } finally {
      if (isNewest()) this.#fetching = undefined;
    }
  }

  #fetchInTime(): Promise<T> {
    return before(this.now() + FETCH_WITHIN_MS, this.fetch(), this.now);
  }

  get #rememberedMs(): number {
    const { least, most } = FAILURE_MEMORY_MS;
    return this.#failures === 0 ? 0 : Math.min(most, least * 2 ** (this.#failures - 1));
  }

  #age({ fetchedAt }: Held<T>): number {
    return this.now() - fetchedAt;
  }

  #serves(held: Held<T> | undefined): held is Held<T> {
    return held !== undefined && this.#age(held) <= this.longestMs;
  }
}

/** @param waitMs until another fetch may start */
function unavailable(waitMs: number, cause?: unknown): Unavailable {
  return new Unavailable('secret', cause, Math.max(1, Math.ceil(waitMs / 1000)));
}
