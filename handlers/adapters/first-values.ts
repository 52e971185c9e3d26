// Values in a Momento cache of which the first one stays. Tries of the same work agree on one result by it.
import { CacheSetIfAbsentResponse } from '@gomomento/sdk';
import { Cache, type CacheSettings } from './cache';

export class FirstValues {
  readonly #cache: Cache;

  /** @param settings `ttlSeconds`: how long a value lives after it was stored */
  constructor(private readonly settings: CacheSettings) {
    this.#cache = new Cache(settings);
  }

  /** The value that is stored, if there is one. Throws Unavailable if Momento does not answer. */
  async find(key: string): Promise<string | undefined> {
    const found = await this.#cache.call((client) => client.get(this.settings.cacheName, key));
    return found.value();
  }

  /** Stores the value, unless there is one. Resolves with the one that stays. Throws as `find` does. */
  async agree(key: string, value: string): Promise<string> {
    const { cacheName } = this.settings;
    const kept = await this.#cache.call((client) => client.setIfAbsent(cacheName, key, value));
    if (kept.type === CacheSetIfAbsentResponse.Stored) return value;
    return (await this.find(key)) ?? this.agree(key, value); // it has just expired
  }
}
