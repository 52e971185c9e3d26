// Publishing with a user's token. Momento's SDK opens a connection per token and has no way to close it; this publishes
// for all users over one connection, with the SDK's own generated stub.
import { cache_client } from '@gomomento/generated-types/dist/cachepubsub';
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Deadline } from '../core/deadline';
import { BadGateway, type Refusal, Unavailable } from '../core/errors';
import { tokenCredentials } from './momento-credentials';

const { _PublishRequest, _TopicValue, PubsubClient } = cache_client.pubsub;

/** Statuses that say nothing about the request: Momento could not be asked, or did not know. */
const OUT_OF_REACH: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.INTERNAL,
  status.UNKNOWN,
  status.ABORTED,
]);

/** Momento does not accept this token any more, or not for this topic. */
export class TokenRefused extends BadGateway {
  override readonly reason = 'refused';
}

export interface TopicSettings {
  readonly cacheName: string;
  readonly topicName: string;
  readonly local?: string;
}

export class Topic {
  #connection: { readonly endpoint: string; readonly client: cache_client.pubsub.PubsubClient } | undefined;

  constructor(private readonly settings: TopicSettings) {}

  /**
   * Publishes text under the identity that the token carries. Throws TokenRefused, BadGateway where Momento refuses
   * anything else, or Unavailable where it is out of reach: after a time-out it may have been published all the same.
   */
  async publish(text: string, token: string, deadline: Deadline): Promise<void> {
    const provider = tokenCredentials(token, this.settings);
    const client = this.#client(provider.getCacheEndpoint(), provider.isEndpointSecure());
    const request = new _PublishRequest({
      cache_name: this.settings.cacheName,
      topic: this.settings.topicName,
      value: new _TopicValue({ text }),
    });
    const metadata = new Metadata();
    metadata.set('authorization', provider.getAuthToken());
    metadata.set('agent', 'nodejs:topic:momento-webhooks');
    return new Promise((resolve, reject) => {
      client.Publish(request, metadata, { deadline }, (error) => {
        if (!error) return resolve();
        if (error.code === status.DEADLINE_EXCEEDED) this.#drop(client); // its connection may have died unseen
        reject(refusal(error));
      });
    });
  }

  /** Closes a connection, so that the next message makes a new one, unless another message did so already. */
  #drop(client: cache_client.pubsub.PubsubClient): void {
    if (this.#connection?.client !== client) return;
    client.close();
    this.#connection = undefined;
  }

  #client(endpoint: string, secure: boolean): cache_client.pubsub.PubsubClient {
    if (this.#connection?.endpoint !== endpoint) {
      this.#connection?.client.close();
      const channel = secure ? credentials.createSsl() : credentials.createInsecure();
      this.#connection = { endpoint, client: new PubsubClient(endpoint, channel) };
    }
    return this.#connection.client;
  }
}

function refusal({ code }: ServiceError): Refusal {
  const cause = status[code];
  if (code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED) return new TokenRefused(cause);
  return OUT_OF_REACH.has(code) ? new Unavailable('momento', cause) : new BadGateway(cause);
}
