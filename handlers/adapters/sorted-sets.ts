// Sorted sets in a Momento cache. Putting the same element again changes nothing.
import { CollectionTtl, SortedSetOrder } from '@gomomento/sdk';
import { Cache, type CacheSettings } from './cache';

/** The most elements that one cut removes, so that its answer stays well under gRPC's limit of 4 MiB. */
const CUT_AT_MOST = 200;

/** One element: the score orders it, the value identifies it. */
export interface Element {
  /** The name of the sorted set. */
  readonly set: string;
  readonly score: number;
  readonly value: string;
}

export class SortedSets {
  readonly #cache: Cache;

  /** @param settings `ttlSeconds`: how long a set lives after the last write to it */
  constructor(private readonly settings: CacheSettings) {
    this.#cache = new Cache(settings);
  }

  /**
   * Puts an element into its set and renews the set's time to live. A repeated, concurrent or late put has no further effect.
   * Throws Unavailable if Momento does not store it.
   */
  async put({ set, score, value }: Element): Promise<void> {
    const ttl = CollectionTtl.of(this.settings.ttlSeconds);
    await this.#cache.call((client) =>
      client.sortedSetPutElement(this.settings.cacheName, set, value, score, { ttl }),
    );
  }

  /** The values in a set that have exactly this score. Throws Unavailable if Momento does not answer. */
  async at(set: string, score: number): Promise<string[]> {
    const { cacheName } = this.settings;
    const range = { minScore: score, maxScore: score };
    const found = await this.#cache.call((client) => client.sortedSetFetchByScore(cacheName, set, range));
    return found.value()?.map((element) => element.value) ?? [];
  }

  /** Removes the elements with the lowest scores, beyond the `keep` highest, some at a time. */
  async cut(set: string, keep: number): Promise<void> {
    const { cacheName } = this.settings;
    const lowest = await this.#cache.call((client) =>
      client.sortedSetFetchByRank(cacheName, set, {
        startRank: keep,
        endRank: keep + CUT_AT_MOST,
        order: SortedSetOrder.Descending,
      }),
    );
    const values = lowest.value()?.map((element) => element.value) ?? [];
    if (values.length === 0) return;
    await this.#cache.call((client) => client.sortedSetRemoveElements(cacheName, set, values));
  }
}
