// How many messages a user may write in a minute, counted by Momento.
import { Cache, type CacheSettings } from '../../handlers/adapters/cache';
import { FirstValues } from '../../handlers/adapters/first-values';
import type { TopicEvent } from '../../handlers/core/event';

const MINUTE_MS = 60_000;
/** Longer than the minute that is counted, for events that arrive late. */
const COUNTED_FOR_SECONDS = 180;

export class RateLimit {
  readonly #cache: Cache;
  readonly #verdicts: FirstValues;

  /** @param settings `ttlSeconds`: how long a verdict on an event is remembered; longer than the queue tries again */
  constructor(
    private readonly settings: CacheSettings,
    private readonly perMinute: number,
  ) {
    this.#cache = new Cache({ ...settings, ttlSeconds: COUNTED_FOR_SECONDS });
    this.#verdicts = new FirstValues(settings);
  }

  /**
   * Whether the event is among the user's first of its minute. The verdict on an event is final: it comes again from the queue,
   * and counts no second time. Only a try that ends between the two steps leaves a count without a verdict.
   */
  async admits(event: TopicEvent): Promise<boolean> {
    const key = `\u0001chat verdict ${event.id}`;
    const verdict =
      (await this.#verdicts.find(key)) ?? (await this.#verdicts.agree(key, await this.#judge(event)));
    return verdict === 'admitted';
  }

  async #judge(event: TopicEvent): Promise<'admitted' | 'refused'> {
    const minute = Math.floor(event.event_timestamp / MINUTE_MS);
    const key = `\u0001chat rate ${minute} ${event.token_id}`;
    const counted = await this.#cache.call((client) => client.increment(this.settings.cacheName, key, 1));
    return (counted.value() ?? 0) <= this.perMinute ? 'admitted' : 'refused';
  }
}
