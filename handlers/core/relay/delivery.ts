// One try to deliver a message, and what follows from its outcome.
import { type Backoff, nextWait } from '../backoff';
import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import { type EventFields, identified, type TopicEvent } from '../event';
import { RECHECK_MS, SERVE_MS } from '../signing-secret';
import type { Held } from './held';
import type { Report } from './report';
import { type WebhookRequest, webhookRequest } from './request';
import { retryAfterMs } from './retry-after';

/** How long a message is tried, from its first try, in milliseconds. */
export const PATIENCE_MS = 120_000;
/** Waits between the tries. */
export const BETWEEN_TRIES: Backoff = { leastMs: 500, mostMs: 15_000 };

/** Answers that another try would not change: too large, and malformed. */
const FINAL: ReadonlySet<number> = new Set([413, 422]);

/** What the webhook answered. */
export interface Answered {
  readonly status: number;
  /** The header `Retry-After`. */
  readonly retryAfter?: string;
}

export interface DeliverySettings {
  readonly cache: string;
  readonly topic: string;
  /** Calls the webhook, without following redirects. Rejects if no answer comes in time. */
  post(request: WebhookRequest): Promise<Answered>;
  /** The secret to sign with, no older than this many milliseconds if a newer one is available. */
  signingSecret(maxAgeMs: number): Promise<string>;
  /**
   * Puts up to ten events into the dead-letter queue, from which a person can redrive them. Resolves with why each may not be
   * safe there, in the same order; undefined if it is. Never rejects.
   */
  deadLetter(events: readonly TopicEvent[]): Promise<readonly (string | undefined)[]>;
  readonly clock: Clock;
  readonly report: Report;
}

export class Delivery {
  constructor(private readonly settings: DeliverySettings) {}

  /** Tries once. Resolves with undefined if the message is finished, else with the milliseconds to wait before the next try. */
  async attempt(held: Held): Promise<number | undefined> {
    const { clock, report } = this.settings;
    held.firstTriedAt ??= clock.now();
    const answered = await this.#post(held);
    if (answered.status >= 200 && answered.status < 300) {
      report.count('Delivered');
      return undefined;
    }
    if (FINAL.has(answered.status)) return this.#refused(held, answered.status);
    return this.#again(held, answered);
  }

  /** Puts up to ten events into the dead-letter queue untried. Resolves with whether each is safe there, in the same order. */
  async setAside(messages: readonly Held[]): Promise<readonly boolean[]> {
    const areSafe = await this.#deadLettered(messages);
    const safe = areSafe.filter(Boolean).length;
    if (safe > 0) this.settings.report.count('DeadLettered', safe);
    return areSafe;
  }

  async #post(held: Held): Promise<Answered & { readonly reason?: string }> {
    try {
      const secret = await this.settings.signingSecret(held.denied ? RECHECK_MS : SERVE_MS);
      return await this.settings.post(webhookRequest(this.#eventOf(held), secret));
    } catch (error) {
      return { status: 0, reason: reasonOf(error) };
    }
  }

  /** Puts the event where a person can see it, and redrive it once the webhook accepts it. */
  async #refused(held: Held, status: number): Promise<number | undefined> {
    const { clock, report } = this.settings;
    if (await this.#isDeadLettered(held)) {
      report.count('Malformed');
      report.log('error', { outcome: 'refused', eventId: this.#idOf(held), status });
      return undefined;
    }
    report.count('Retried');
    held.waitedMs = nextWait(BETWEEN_TRIES, held.waitedMs, clock.random);
    return held.waitedMs;
  }

  async #again(held: Held, answered: Answered & { readonly reason?: string }): Promise<number | undefined> {
    const { clock, report } = this.settings;
    const now = clock.now();
    const firstTriedAt = held.firstTriedAt ?? now;
    const reason = answered.reason ?? `status ${answered.status}`;
    if (held.waitedMs === undefined) {
      report.log('warn', { outcome: 'not delivered yet', eventId: this.#idOf(held), reason });
    }
    held.denied = answered.status === 403;
    held.waitedMs = nextWait(BETWEEN_TRIES, held.waitedMs, clock.random);
    const wait = Math.max(held.waitedMs, retryAfterMs(answered.retryAfter, now));
    if (now + wait > firstTriedAt + PATIENCE_MS) {
      if (await this.#isDeadLettered(held)) {
        report.count('DeadLettered');
        report.log('error', { outcome: 'dead-lettered', eventId: this.#idOf(held), reason });
        return undefined;
      }
      report.count('Retried');
      return held.waitedMs; // nothing is lost: tries go on until the webhook or the queue takes it
    }
    report.count('Retried');
    return wait;
  }

  async #isDeadLettered(held: Held): Promise<boolean> {
    const [isSafe = false] = await this.#deadLettered([held]);
    return isSafe;
  }

  /** Whether each event is safe in the dead-letter queue. */
  async #deadLettered(messages: readonly Held[]): Promise<readonly boolean[]> {
    const { deadLetter, report } = this.settings;
    const events = messages.map((held) => identified(this.#eventOf(held)));
    const reasons = await deadLetter(events);
    return events.map(({ id }, at) => {
      const reason = reasons[at];
      if (reason !== undefined) report.log('error', { outcome: 'not dead-lettered', eventId: id, reason });
      return reason === undefined;
    });
  }

  /** The event as it is now: only `publish_timestamp` differs from try to try. */
  #eventOf({ page, sequence, tokenId, text, receivedAt }: Held): EventFields {
    return {
      cache: this.settings.cache,
      topic: this.settings.topic,
      event_timestamp: receivedAt,
      publish_timestamp: this.settings.clock.now(),
      topic_sequence_number: sequence,
      topic_sequence_page: page,
      token_id: tokenId,
      text,
    };
  }

  #idOf(held: Held): string {
    return identified(this.#eventOf(held)).id;
  }
}
