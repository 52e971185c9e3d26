// Delivers topic messages to webhooks as Momento documents it: one try, 5 s, signed, at the webhook's rate.

import type { Delivery as DeliveryEvent, MomentoEmitter, TopicMessage } from './events';
import { Pace } from './pace';
import { Poster } from './post';
import { SIGNATURE_HEADER, sign } from './signature';
import type { Timers } from './timers';

export interface Webhook {
  cache: string;
  name: string;
  topic: string;
  url: string;
  secret: string;
}

export interface DeliveryOptions {
  /** The webhooks of a message's topic. */
  webhooksOf(cache: string, topic: string): Webhook[];
  isThere(webhook: Webhook): boolean;
  events: MomentoEmitter;
  timers: Timers;
  now: () => number;
  perSecond: number;
  /** How many messages may wait for one webhook; more are dropped. */
  backlog: number;
  timeoutMs: number;
}

const USER_AGENT = 'Momento/1.0 (Webhooks; +https://docs.momentohq.com/topics/webhooks)';

/** The most concurrent calls of one webhook, so that a slow one does not hold a connection per message. */
const MAX_IN_FLIGHT = 100;

interface Queue {
  waiting: TopicMessage[];
  inFlight: number;
  pace: Pace;
  isPaced: boolean;
}

export class Delivery {
  readonly #poster: Poster;
  readonly #queues = new WeakMap<Webhook, Queue>();
  #isClosed = false;

  constructor(private readonly options: DeliveryOptions) {
    this.#poster = new Poster(options.timeoutMs);
  }

  /** Hands a message to every webhook of its topic. */
  deliver(message: TopicMessage): void {
    for (const webhook of this.options.webhooksOf(message.cache, message.topic)) {
      const queue = this.#queueOf(webhook);
      // The documented event has only `text`, so there is no form for a binary message.
      if (message.text === undefined) this.#drop(webhook, message, 'message is binary');
      else if (queue.waiting.length >= this.options.backlog) this.#drop(webhook, message, 'backlog is full');
      else {
        queue.waiting.push(message);
        this.#next(webhook, queue);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#poster.close();
  }

  #next(webhook: Webhook, queue: Queue): void {
    if (queue.isPaced || queue.waiting.length === 0 || queue.inFlight >= MAX_IN_FLIGHT || this.#isClosed)
      return;
    queue.isPaced = true;
    queue.pace.next(() => {
      queue.isPaced = false;
      const message = queue.waiting.shift();
      if (message === undefined) return;
      if (this.options.isThere(webhook)) this.#send(webhook, queue, message);
      else this.#drop(webhook, message, 'webhook was deleted');
      this.#next(webhook, queue);
    });
  }

  #send(webhook: Webhook, queue: Queue, message: TopicMessage): void {
    const body = Buffer.from(JSON.stringify(eventOf(message, this.options.now())));
    const headers = {
      'content-type': 'application/json',
      'content-length': String(body.length),
      'user-agent': USER_AGENT,
      [SIGNATURE_HEADER]: sign(body, webhook.secret),
    };
    const started = performance.now();
    const event: DeliveryEvent = { webhook: webhook.name, url: webhook.url, message };
    queue.inFlight += 1;
    void this.#poster.post(webhook.url, headers, body).then((posted) => {
      queue.inFlight -= 1;
      if (this.#isClosed) return;
      this.options.events.emit('delivered', { ...event, ...posted, ms: performance.now() - started });
      this.#next(webhook, queue);
    });
  }

  #drop(
    webhook: Webhook,
    message: TopicMessage,
    reason: 'backlog is full' | 'message is binary' | 'webhook was deleted',
  ): void {
    this.options.events.emit('deliveryDropped', { webhook: webhook.name, url: webhook.url, message, reason });
  }

  #queueOf(webhook: Webhook): Queue {
    let queue = this.#queues.get(webhook);
    if (queue === undefined) {
      const pace = new Pace(this.options.perSecond, this.options.timers);
      queue = { waiting: [], inFlight: 0, pace, isPaced: false };
      this.#queues.set(webhook, queue);
    }
    return queue;
  }
}

/** The fields of a webhook event and their order (Momento's documentation, "The webhook event"). */
const eventOf = (message: TopicMessage, now: number): object => ({
  cache: message.cache,
  topic: message.topic,
  event_timestamp: message.publishedAt,
  publish_timestamp: now,
  topic_sequence_number: message.sequenceNumber,
  token_id: message.tokenId,
  text: message.text,
});
