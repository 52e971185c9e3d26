// Topics: publish and subscribe.
import { cache_client } from '@gomomento/generated-types/dist/cachepubsub';
import { common } from '@gomomento/generated-types/dist/common';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Caches } from '../caches';
import type { Bound, Dispatcher } from '../dispatch';
import { cacheNotFound, invalidArgument, type MomentoError, toStatus, unavailable } from '../errors';
import type { MomentoEmitter, TopicMessage } from '../events';
import { checkMessage } from '../limits';
import type { Beginning } from '../options';
import type { Access } from '../permissions';
import type { TopicRegistry } from '../topic-registry';
import { Subscription } from '../topics';

import pubsub = cache_client.pubsub;

export interface TopicsOptions {
  caches: Caches;
  registry: TopicRegistry;
  events: MomentoEmitter;
  now: () => number;
  beginning: Beginning;
  deliver(message: TopicMessage): void;
}

type Named = { cache_name: string; topic: string };
type Stream = ServerWritableStream<pubsub._SubscriptionRequest, pubsub._SubscriptionItem>;

export class Topics {
  /** Open streams by cache, to end them with an error. */
  readonly #streams = new Map<Stream, string>();

  constructor(private readonly options: TopicsOptions) {}

  actions(dispatcher: Dispatcher): { Publish: Bound; Subscribe: Bound } {
    return {
      Publish: dispatcher.unary({
        needs: needing<pubsub._PublishRequest>('publish'),
        run: (request, { caller }) => {
          this.#check(request);
          this.#publish(request, caller.tokenId);
          return new common._Empty();
        },
      }),

      Subscribe: dispatcher.stream({
        needs: needing<pubsub._SubscriptionRequest>('subscribe'),
        run: (request) => {
          this.#check(request);
          return (stream: Stream) => this.#subscribe(request, stream);
        },
      }),
    };
  }

  /** Ends the subscriptions to one cache's topics, or to all, with an error. */
  end(error: MomentoError, cache?: string): void {
    for (const [stream, of] of this.#streams) {
      if (cache === undefined || cache === of) stream.emit('error', toStatus(error));
    }
  }

  endForDrop(): void {
    this.end(unavailable('The subscription was dropped'));
  }

  #check({ cache_name, topic }: Named): void {
    if (topic.trim() === '') throw invalidArgument('The name of a topic must not be empty');
    if (!this.options.caches.has(cache_name)) throw cacheNotFound(cache_name);
  }

  #publish({ cache_name: cache, topic, value }: pubsub._PublishRequest, tokenId: string): void {
    if (value === undefined || value.kind === 'none') throw invalidArgument('The message has no value');
    const text = value.kind === 'text' ? value.text : undefined;
    checkMessage(text === undefined ? value.binary.length : Buffer.byteLength(text));
    const publishedAt = this.options.now();
    const message = this.options.registry.get(cache, topic).publish((sequenceNumber, sequencePage) => ({
      message: { cache, topic, sequenceNumber, sequencePage, tokenId, text, publishedAt },
      value,
    }));
    this.options.events.emit('published', message);
    this.options.deliver(message);
  }

  #subscribe(request: pubsub._SubscriptionRequest, stream: Stream): void {
    // A caller that gave up before a delayed answer is gone.
    if (stream.cancelled) return;
    const { cache_name: cache, topic, resume_at_topic_sequence_number: sequenceNumber } = request;
    const { registry, events, beginning } = this.options;
    const position = { sequenceNumber, sequencePage: request.sequence_page };
    const subscription = new Subscription(registry.get(cache, topic), stream, position, beginning);
    this.#streams.set(stream, cache);
    stream.once('cancelled', () => {
      subscription.stop();
      this.#streams.delete(stream);
      events.emit('unsubscribed', { cache, topic });
    });
    events.emit('subscribed', { cache, topic, resumedAt: sequenceNumber || undefined });
    subscription.start();
  }
}

function needing<Request extends Named>(verb: 'publish' | 'subscribe'): (request: Request) => Access {
  return ({ cache_name, topic }) => ({ kind: 'topic', verb, cache: cache_name, topic });
}
