// A subscription to a topic with a position to begin at, which Momento's SDK does not offer: its own generated stub does.
import { cache_client } from '@gomomento/generated-types/dist/cachepubsub';
import { type ChannelOptions, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { reasonOf } from '../core/errors';
import type { OpenStream, Stream, StreamListener } from '../core/relay/feed';
import type { Position } from '../core/relay/following';
import { MomentoClient } from './momento-client';
import { apiKeyCredentials, type MomentoAccess } from './momento-credentials';

import pubsub = cache_client.pubsub;

/** Finds a connection that died without a word, and reconnects at the pace of the relay, not of gRPC. */
const CHANNEL: ChannelOptions = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
};

export interface SubscriptionSettings extends MomentoAccess {
  readonly apiKeySecretArn: string;
  readonly cacheName: string;
  readonly topicName: string;
}

interface Connection {
  readonly stub: pubsub.PubsubClient;
  readonly metadata: Metadata;
  close(): void;
}

export class Subscription {
  readonly #momento: MomentoClient<Connection>;

  constructor(private readonly settings: SubscriptionSettings) {
    this.#momento = new MomentoClient(settings.apiKeySecretArn, (apiKey) => connect(apiKey, settings));
  }

  /** Opens a stream that begins at a position, or with what is published from now on. */
  readonly open: OpenStream = (from, listener) => {
    const stream = new CancellableStream(listener);
    this.#momento
      .get()
      .then((connection) => this.#subscribe(connection, from, stream))
      .catch((error) => stream.end(reasonOf(error)));
    return stream;
  };

  #subscribe(connection: Connection, from: Position | undefined, stream: CancellableStream): void {
    const call = connection.stub.Subscribe(
      new pubsub._SubscriptionRequest({
        cache_name: this.settings.cacheName,
        topic: this.settings.topicName,
        resume_at_topic_sequence_number: from?.sequence ?? 0,
        sequence_page: from?.page ?? 0,
      }),
      connection.metadata,
    );
    call.on('data', (item: pubsub._SubscriptionItem) => stream.take(item));
    call.on('error', (error: ServiceError) => {
      if (error.code === status.UNAUTHENTICATED) this.#renewKey(connection, stream);
      else stream.end(status[error.code] ?? 'error');
    });
    call.on('end', () => stream.end('ended'));
    stream.onClose(() => call.cancel());
  }

  /** The next stream is opened with another key where there is one. */
  #renewKey(connection: Connection, stream: CancellableStream): void {
    const tell = () => stream.end(status[status.UNAUTHENTICATED]);
    this.#momento.refused(connection, status.UNAUTHENTICATED).then(tell, tell);
  }
}

/** Tells its listener what comes, until it ends or is closed. */
class CancellableStream implements Stream {
  #cancel: (() => void) | undefined;
  #isOver = false;

  constructor(private readonly listener: StreamListener) {}

  onClose(cancel: () => void): void {
    if (this.#isOver) cancel();
    else this.#cancel = cancel;
  }

  close(): void {
    this.#isOver = true;
    this.#cancel?.();
  }

  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.listener.ended(reason);
  }

  take(received: pubsub._SubscriptionItem): void {
    if (this.#isOver) return;
    const { item, discontinuity } = received;
    switch (received.kind) {
      case 'item':
        this.listener.message({
          page: item.sequence_page,
          sequence: item.topic_sequence_number,
          tokenId: item.publisher_id,
          text: item.value?.kind === 'text' ? item.value.text : undefined,
        });
        return;
      case 'discontinuity':
        // "The new topic sequence number after which TopicItems will ostensibly resume" (cachepubsub.proto)
        this.listener.discontinuity({
          page: discontinuity.new_sequence_page,
          sequence: discontinuity.new_topic_sequence + 1,
        });
        return;
      default:
        this.listener.heartbeat();
    }
  }
}

function connect(apiKey: string, settings: SubscriptionSettings): Connection {
  const provider = apiKeyCredentials(apiKey, settings);
  const channel = provider.isEndpointSecure() ? credentials.createSsl() : credentials.createInsecure();
  const stub = new pubsub.PubsubClient(provider.getCacheEndpoint(), channel, CHANNEL);
  const metadata = new Metadata();
  metadata.set('authorization', provider.getAuthToken());
  metadata.set('agent', 'nodejs:topic:momento-webhooks');
  return { stub, metadata, close: () => stub.close() };
}
