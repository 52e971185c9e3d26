// Subscriptions whose items a test takes one by one: with the official SDK, or with Momento's raw stub for what the SDK
// cannot do (resume at a position, read the sequence page).

import { cache_client } from '@gomomento/generated-types/dist/cachepubsub';
import type { TopicClient, TopicItem, TopicSubscribe } from '@gomomento/sdk';
import { ChannelCredentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { Inbox } from './inbox';
import { got } from './sdk';

import pubsub = cache_client.pubsub;

const open = new Set<() => void>();

/** Ends all subscriptions from here, so that a failed test leaves none that reconnects for ever. */
export function endSubscriptions(): void {
  for (const end of open) end();
  open.clear();
}

export interface Heard {
  items: Inbox<TopicItem>;
  discontinuities: Inbox<{ last: number; next: number; page: number }>;
  heartbeats: Inbox<true>;
  lost: Inbox<true>;
  errors: Inbox<TopicSubscribe.Error>;
}

export async function subscribe(topics: TopicClient, topic: string, cache = 'cache'): Promise<Heard> {
  const heard = {
    items: new Inbox<TopicItem>(),
    discontinuities: new Inbox<{ last: number; next: number; page: number }>(),
    heartbeats: new Inbox<true>(),
    lost: new Inbox<true>(),
    errors: new Inbox<TopicSubscribe.Error>(),
  };
  const subscription = got(
    await topics.subscribe(cache, topic, {
      onItem: heard.items.put,
      onDiscontinuity: (one) =>
        heard.discontinuities.put({
          last: one.lastSequenceNumber(),
          next: one.newSequenceNumber(),
          page: one.newSequencePage(),
        }),
      onHeartbeat: () => heard.heartbeats.put(true),
      onConnectionLost: () => heard.lost.put(true),
      onError: heard.errors.put,
    }),
    'Subscription',
  );
  open.add(() => subscription.unsubscribe());
  return heard;
}

/** A subscription with the raw stub, without heartbeats. */
export class RawSubscriber {
  readonly received = new Inbox<string>();
  readonly errors = new Inbox<ServiceError>();
  /** The page of the last item or discontinuity. */
  page = 0;
  readonly #client: pubsub.PubsubClient;
  readonly #stream;

  constructor(port: number, topic: string, resumeAt = 0, page = 0) {
    this.#client = new pubsub.PubsubClient(`127.0.0.1:${port}`, ChannelCredentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1, // without this all share one connection
    });
    const request = new pubsub._SubscriptionRequest({
      cache_name: 'cache',
      topic,
      resume_at_topic_sequence_number: resumeAt,
      sequence_page: page,
    });
    this.#stream = this.#client.Subscribe(request, new Metadata());
    this.#stream.on('data', (item: pubsub._SubscriptionItem) => this.#hear(item));
    this.#stream.on('error', (error: ServiceError) => this.errors.put(error));
    open.add(() => {
      this.#stream.cancel();
      this.#client.close();
    });
  }

  /** Publishes over this subscription's connection. */
  publish(topic: string, text: string): Promise<void> {
    const value = new pubsub._TopicValue({ text });
    const request = new pubsub._PublishRequest({ cache_name: 'cache', topic, value });
    return new Promise((resolve, reject) => {
      this.#client.Publish(request, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** Stops reading until `resume`, so that messages pile up on the way. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** As text: `3 hello` for an item, `gap 2>4` for a discontinuity, with `new page` if the page changes. */
  #hear(one: pubsub._SubscriptionItem): void {
    if (one.kind === 'item') {
      this.page = one.item.sequence_page;
      this.received.put(`${one.item.topic_sequence_number} ${one.item.value.text}`);
    }
    if (one.kind === 'discontinuity') {
      const { last_topic_sequence, new_topic_sequence, new_sequence_page } = one.discontinuity;
      const isNew = this.page !== 0 && this.page !== new_sequence_page;
      this.page = new_sequence_page;
      this.received.put(`gap ${last_topic_sequence}>${new_topic_sequence}${isNew ? ' new page' : ''}`);
    }
  }
}
