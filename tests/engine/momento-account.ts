// Asks Momento itself what exists, with its SDK, and changes it behind Pulumi's back.
import assert from 'node:assert/strict';
import {
  CacheClient,
  Configurations,
  GetWebhookSecretResponse,
  ListCachesResponse,
  ListWebhooksResponse,
  NoopMomentoLoggerFactory,
  TopicClient,
  TopicConfigurations,
} from '@gomomento/sdk';
import { type Momento, makeLegacyKey, startMomento } from 'local-momento';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';

const quiet = new NoopMomentoLoggerFactory();

export class MomentoAccount {
  /** Each operation called with a key other than the tests' own, with its gRPC status. */
  readonly calls: string[] = [];
  readonly #ownKey = makeLegacyKey();
  readonly #topics: TopicClient;
  readonly #caches: CacheClient;
  #looks = 0;

  private constructor(
    private readonly momento: Momento,
    private readonly before: string | undefined,
  ) {
    const credentialProvider = apiKeyCredentials(this.#ownKey, { local: localMomento(momento.url) });
    this.#topics = new TopicClient({
      credentialProvider,
      configuration: TopicConfigurations.Default.latest(quiet),
    });
    this.#caches = new CacheClient({
      credentialProvider,
      configuration: Configurations.Lambda.latest(quiet),
      defaultTtlSeconds: 60,
    });
    momento.on('call', ({ operation, code }) => {
      if (this.#looks === 0) this.calls.push(code === 0 ? operation : `${operation} ${code}`);
    });
  }

  /** A Momento on this machine, which the program finds through the environment. */
  static async start(): Promise<MomentoAccount> {
    // AWS assigns URLs that the local Momento does not call.
    const momento = await startMomento({ takesAnyDestination: true });
    const account = new MomentoAccount(momento, process.env.MOMENTO_ENDPOINT_URL);
    process.env.MOMENTO_ENDPOINT_URL = momento.url;
    return account;
  }

  /** From now on only these keys are valid. */
  accept(...keys: readonly string[]): void {
    this.momento.setApiKeys([this.#ownKey, ...keys]);
  }

  caches(): Promise<string[]> {
    return this.#look(async () => {
      const response = await this.#caches.listCaches();
      assert.equal(response.type, ListCachesResponse.Success, response.toString());
      return response.getCaches().map((cache) => cache.getName());
    });
  }

  webhooks(cache: string): Promise<{ name: string; topic: string; url: string }[]> {
    return this.#look(async () => {
      const response = await this.#topics.listWebhooks(cache);
      assert.equal(response.type, ListWebhooksResponse.Success, response.toString());
      return response.getWebhooks().map(({ id, topicName, destination }) => ({
        name: id.webhookName,
        topic: topicName,
        url: destination.url(),
      }));
    });
  }

  signingSecret(cache: string, webhook: string): Promise<string> {
    return this.#look(async () => {
      const response = await this.#topics.getWebhookSecret(cache, webhook);
      assert.equal(response.type, GetWebhookSecretResponse.Success, response.toString());
      return response.secret();
    });
  }

  async deleteWebhook(cache: string, webhook: string): Promise<void> {
    await this.#look(() => this.#topics.deleteWebhook(cache, webhook));
  }

  async rotateSigningSecret(cache: string, webhook: string): Promise<void> {
    await this.#look(() => this.#topics.rotateWebhookSecret(cache, webhook));
  }

  async close(): Promise<void> {
    if (this.before === undefined) delete process.env.MOMENTO_ENDPOINT_URL;
    else process.env.MOMENTO_ENDPOINT_URL = this.before;
    this.#caches.close();
    await this.momento.close();
  }

  async #look<T>(ask: () => Promise<T>): Promise<T> {
    this.#looks += 1;
    try {
      return await ask();
    } finally {
      this.#looks -= 1;
    }
  }
}
