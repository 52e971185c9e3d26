// How many messages a user may write in a minute, counted by Momento; and when a message came for the first time.
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
   *
   * With it the event's first time is kept: a relay stamps the time at which it receives a message, and some messages are
   * received by two relays, or twice by one.
   */
  async verdictOn(event: TopicEvent): Promise<{ isAdmitted: boolean; firstTime: number }> {
    const key = `\u0001chat verdict ${event.id}`;
    const verdict =
      (await this.#verdicts.find(key)) ??
      (await this.#verdicts.agree(key, `${await this.#judge(event)} ${event.event_timestamp}`));
    const [judged, time] = verdict.split(' ');
    return { isAdmitted: judged === 'admitted', firstTime: Number(time ?? event.event_timestamp) };
  }

  async #judge(event: TopicEvent): Promise<'admitted' | 'refused'> {
    const minute = Math.floor(event.event_timestamp / MINUTE_MS);
    const key = `\u0001chat rate ${minute} ${event.token_id}`;
    const counted = await this.#cache.call((client) => client.increment(this.settings.cacheName, key, 1));
    return (counted.value() ?? 0) <= this.perMinute ? 'admitted' : 'refused';
  }
}
