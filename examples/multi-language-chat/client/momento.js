// Momento, as a token allows it: the chat's topics and its history.
import {
  CacheClient,
  Configurations,
  CredentialProvider,
  NoopMomentoLoggerFactory,
  SortedSetOrder,
  TopicClient,
  TopicConfigurations,
} from './web-sdk.js';

/** The SDK's own error, with its code. */
export class MomentoError extends Error {
  constructor(answer) {
    super(answer.message());
    this.code = answer.errorCode();
  }
}

export class Momento {
  #token;
  #topics;
  #cache;

  constructor(token) {
    const credentialProvider = credentialsOf(token);
    const quiet = new NoopMomentoLoggerFactory();
    this.#token = token;
    this.#topics = new TopicClient({
      credentialProvider,
      configuration: TopicConfigurations.Browser.latest(quiet),
    });
    this.#cache = new CacheClient({
      credentialProvider,
      configuration: Configurations.Browser.latest(quiet),
      defaultTtlSeconds: 60,
    });
  }

  /** Throws MomentoError; the text may have been published all the same. */
  async publish(text) {
    const { cacheName, topicName } = this.#token;
    const answer = await this.#topics.publish(cacheName, topicName, text);
    if (answer.type !== 'Success') throw new MomentoError(answer);
  }

  /** Hears the messages in the token's language. Returns the SDK's subscription; throws MomentoError. */
  async subscribe(handlers) {
    const { cacheName, subscribeTopic } = this.#token;
    const answer = await this.#topics.subscribe(cacheName, subscribeTopic, handlers);
    if (answer.type !== 'Subscription') throw new MomentoError(answer);
    return answer;
  }

  /** The newest messages, as texts, oldest first. Throws MomentoError. */
  async history() {
    const { cacheName, history } = this.#token;
    const answer = await this.#cache.sortedSetFetchByRank(cacheName, history, {
      order: SortedSetOrder.Ascending,
    });
    if (answer.type === 'Error') throw new MomentoError(answer);
    return answer.type === 'Hit' ? answer.value().map(({ value }) => value) : [];
  }
}

/** The token itself names Momento's endpoint. Only a Momento on this machine, without TLS, is at a URL of its own. */
function credentialsOf({ authToken, endpoint }) {
  if (!endpoint.startsWith('http:')) return CredentialProvider.fromDisposableToken(authToken);
  const all = { cacheEndpoint: endpoint, controlEndpoint: endpoint, tokenEndpoint: endpoint };
  return CredentialProvider.fromDisposableToken({ apiKey: authToken, endpointOverrides: all });
}
