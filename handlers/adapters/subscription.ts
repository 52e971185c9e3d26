// A topic subscription that begins at a given position. Momento's SDK does not offer this; its generated stub does.
import { cache_client } from '@gomomento/generated-types/dist/cachepubsub';
import {
  type ChannelOptions,
  type Client,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { reasonOf } from '../core/errors';
import type { OpenStream, Stream, StreamListener } from '../core/relay/feed';
import type { Position } from '../core/relay/following';
import { MomentoClient } from './momento-client';
import { apiKeyCredentials, type MomentoAccess } from './momento-credentials';
import { decodeItem, encodeRequest, type Heard, SUBSCRIBE } from './subscription-wire';

/** Detects a connection that died silently. Reconnects at the pace of the relay, not of gRPC. */
const CHANNEL: ChannelOptions = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
};

/** Momento's answers to a key that was revoked, may not subscribe, or belongs to another account, which has no such cache. */
const REFUSALS: ReadonlySet<status> = new Set([
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.NOT_FOUND,
]);

export interface SubscriptionSettings extends MomentoAccess {
  readonly apiKeySecretArn: string;
  readonly cacheName: string;
  readonly topicName: string;
}

interface Connection {
  readonly client: Client;
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
    const { cacheName, topicName } = this.settings;
    const call = connection.client.makeServerStreamRequest(
      SUBSCRIBE,
      encodeRequest,
      decodeItem,
      { cacheName, topicName, from },
      connection.metadata,
    );
    call.on('data', (heard: Heard) => stream.take(heard));
    call.on('error', (error: ServiceError) => {
      if (REFUSALS.has(error.code)) this.#renewKey(connection, stream, error.code);
      else stream.end(status[error.code] ?? 'error');
    });
    call.on('end', () => stream.end('ended'));
    stream.onClose(() => call.cancel());
  }

  /** The next stream uses another key if there is one. */
  #renewKey(connection: Connection, stream: CancellableStream, code: status): void {
    const tell = () => stream.end(status[code]);
    this.#momento.refused(connection, code).then(tell, tell);
  }
}

/** Passes what it receives to its listener, until it ends or is closed. */
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

  take(heard: Heard): void {
    if (!this.#isOver) heard(this.listener);
  }
}

function connect(apiKey: string, settings: SubscriptionSettings): Connection {
  const provider = apiKeyCredentials(apiKey, settings);
  const channel = provider.isEndpointSecure() ? credentials.createSsl() : credentials.createInsecure();
  const client = new cache_client.pubsub.PubsubClient(provider.getCacheEndpoint(), channel, CHANNEL);
  const metadata = new Metadata();
  metadata.set('authorization', provider.getAuthToken());
  metadata.set('agent', 'nodejs:topic:momento-webhooks');
  return { client, metadata, close: () => client.close() };
}
