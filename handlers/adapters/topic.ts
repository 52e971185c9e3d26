// Publishing with a user's token. Momento's SDK opens a connection per token and cannot close it. This code publishes for all
// users over one connection, with the SDK's generated stub.
import { cache_client } from '@gomomento/generated-types/dist/cachepubsub';
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type Deadline, INIT_WITHIN_MS } from '../core/deadline';
import { BadGateway, type Refusal, Unavailable } from '../core/errors';
import { connected } from './connected';
import { Connection } from './connection';
import { apiKeyCredentials, type MomentoAccess, tokenCredentials } from './momento-credentials';
import { fetchSecret } from './secrets';

const { _PublishRequest, _TopicValue, PubsubClient } = cache_client.pubsub;

/** Statuses that say nothing about the request: Momento was out of reach, or failed. */
const OUT_OF_REACH: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.INTERNAL,
  status.UNKNOWN,
  status.ABORTED,
]);

/** Statuses of a token that is no longer accepted, is not valid for this topic, or was vended with another account's key. */
const TOKEN_REFUSED: ReadonlySet<status> = new Set([
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.NOT_FOUND,
]);

/** Plain-text gRPC clients share a connection by default, even one that was dropped as dead; TLS clients never do. */
const OWN_CONNECTION = { 'grpc.use_local_subchannel_pool': 1 };

/** Momento does not accept this token. */
export class TokenRefused extends BadGateway {
  override readonly reason = 'refused';
}

export interface TopicSettings extends MomentoAccess {
  readonly cacheName: string;
  readonly topicName: string;
}

export class Topic {
  readonly #connection: Connection<cache_client.pubsub.PubsubClient>;

  /** @param now milliseconds since the epoch */
  constructor(
    private readonly settings: TopicSettings,
    private readonly now?: () => number,
    connection?: Connection<cache_client.pubsub.PubsubClient>,
  ) {
    this.#connection =
      connection ??
      new Connection((endpoint) => {
        const channel = settings.local ? credentials.createInsecure() : credentials.createSsl();
        return new PubsubClient(endpoint, channel, OWN_CONNECTION);
      }, now);
  }

  /** Another topic of the same cache. Both are published to over one connection. */
  sibling(topicName: string): Topic {
    return new Topic({ ...this.settings, topicName }, this.now, this.#connection);
  }

  /**
   * Connects while the function initialises, so that the first publish need not. Tokens publish where the API key is that they
   * are vended with. Rejects if it cannot: the first publish then connects.
   */
  async prefetch(apiKeySecretArn: string): Promise<void> {
    const { local } = this.settings;
    const apiKey = await fetchSecret(apiKeySecretArn);
    const endpoint = local ?? apiKeyCredentials(apiKey, this.settings).getCacheEndpoint();
    const { result, heard, drop } = this.#connection.call(endpoint, (client) =>
      connected(client, INIT_WITHIN_MS),
    );
    await result.then(heard, drop);
  }

  /**
   * Publishes text under the identity that the token carries. Throws TokenRefused, BadGateway if Momento refuses anything
   * else, or Unavailable if it is out of reach: the text may still have been published.
   */
  publish(text: string, token: string, deadline: Deadline): Promise<void> {
    return this.#publish(text, token, deadline, true);
  }

  /**
   * Publishing is not idempotent. It is repeated only if the connection was idle and breaks at its first use: the other side
   * was gone, so the message reached nobody. If the other side went just after it took the message, the message is published
   * twice, as by a backend that retries after an Unavailable. On a recently used connection that is the likelier case, and
   * after a time-out the message may still be on its way: neither is repeated.
   */
  async #publish(text: string, token: string, deadline: Deadline, mayRepeat: boolean): Promise<void> {
    const provider = tokenCredentials(token, this.settings);
    const request = new _PublishRequest({
      cache_name: this.settings.cacheName,
      topic: this.settings.topicName,
      value: new _TopicValue({ text }),
    });
    const metadata = new Metadata();
    metadata.set('authorization', provider.getAuthToken());
    metadata.set('agent', 'nodejs:topic:momento-webhooks');
    const { result, wasIdle, heard, drop } = this.#connection.call(
      provider.getCacheEndpoint(),
      (client) =>
        new Promise<ServiceError | null>((resolve) =>
          client.Publish(request, metadata, { deadline }, (error) => resolve(error)),
        ),
    );
    const error = await result;
    if (!error) return heard();
    const hasBroken = error.code === status.UNAVAILABLE;
    if (hasBroken || error.code === status.DEADLINE_EXCEEDED) drop();
    if (hasBroken && wasIdle && mayRepeat) return this.#publish(text, token, deadline, false);
    throw refusal(error);
  }
}

function refusal({ code }: ServiceError): Refusal {
  const cause = status[code];
  if (TOKEN_REFUSED.has(code)) return new TokenRefused(cause);
  return OUT_OF_REACH.has(code) ? new Unavailable('momento', cause) : new BadGateway(cause);
}
