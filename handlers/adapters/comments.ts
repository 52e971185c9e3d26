// Comments in a Momento cache: a sorted set per course, where the same element put again changes nothing.
import { CollectionTtl, SortedSetOrder } from '@gomomento/sdk';
import type { CommentElement } from '../core/comment';
import { Cache, type CacheSettings } from './cache';

/** The most that one cut removes, so that its answer stays well under the 4 MiB that gRPC carries. */
const CUT_AT_MOST = 200;

export class Comments {
  readonly #cache: Cache;

  /** @param settings `ttlSeconds`: how long a course's set lives after the last write to it */
  constructor(private readonly settings: CacheSettings) {
    this.#cache = new Cache(settings);
  }

  /**
   * Puts an element into its course's set and renews the set's time to live. Repeated, concurrent or late, it has the
   * same effect once. Throws Unavailable where Momento would not store it.
   */
  async put({ course, score, value }: CommentElement): Promise<void> {
    const ttl = CollectionTtl.of(this.settings.ttlSeconds);
    await this.#cache.call((client) =>
      client.sortedSetPutElement(this.settings.cacheName, course, value, score, { ttl }),
    );
  }

  /** Removes the oldest comments of a course beyond the newest `keep`, some at a time. */
  async cut(course: string, keep: number): Promise<void> {
    const { cacheName } = this.settings;
    const oldest = await this.#cache.call((client) =>
      client.sortedSetFetchByRank(cacheName, course, {
        startRank: keep,
        endRank: keep + CUT_AT_MOST,
        order: SortedSetOrder.Descending,
      }),
    );
    const values = oldest.value()?.map((element) => element.value) ?? [];
    if (values.length === 0) return;
    await this.#cache.call((client) => client.sortedSetRemoveElements(cacheName, course, values));
  }
}
