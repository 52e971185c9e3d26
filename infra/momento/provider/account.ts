// Momento's control plane for the providers. Deleting what is already gone succeeds, and a failure says what to do.
import {
  CacheClient,
  Configurations,
  CreateCacheResponse,
  DeleteCacheResponse,
  DeleteWebhookResponse,
  GetWebhookSecretResponse,
  ListCachesResponse,
  ListWebhooksResponse,
  MomentoErrorCode,
  NoopMomentoLoggerFactory,
  PostUrlWebhookDestination,
  PutWebhookResponse,
  RotateWebhookSecretResponse,
  type SdkError,
  TopicClient,
  TopicConfigurations,
} from '@gomomento/sdk';
import { apiKeyCredentials, localMomento } from '../../../handlers/adapters/momento-credentials';
import { Failure } from './failure';

export interface Access {
  readonly apiKey: string;
  /** The endpoint of a v2 key. */
  readonly endpoint?: string;
}

export interface WebhookId {
  readonly cacheName: string;
  readonly webhookName: string;
}

export interface Destination {
  readonly topicName: string;
  readonly url: string;
}

const quiet = new NoopMomentoLoggerFactory();

/** Each method throws a Failure. */
export class Account {
  readonly #credentialProvider;

  constructor({ apiKey, endpoint }: Access) {
    const local = localMomento(process.env.MOMENTO_ENDPOINT_URL);
    this.#credentialProvider = apiKeyCredentials(apiKey, { endpoint, local });
  }

  /** Leaves an existing cache as it is. */
  async createCache(name: string): Promise<void> {
    const response = await this.#withCaches((caches) => caches.createCache(name));
    if (response.type === CreateCacheResponse.Error) {
      throw new Failure(`The ${cache(name)} could not be made`, 'cache', response.innerException());
    }
  }

  async hasCache(name: string): Promise<boolean> {
    const response = await this.#withCaches((caches) => caches.listCaches());
    if (response.type === ListCachesResponse.Error) {
      throw new Failure(`The ${cache(name)} could not be looked up`, 'cache', response.innerException());
    }
    return response.getCaches().some((one) => one.getName() === name);
  }

  async deleteCache(name: string): Promise<void> {
    const response = await this.#withCaches((caches) => caches.deleteCache(name));
    if (response.type !== DeleteCacheResponse.Error || isNotFound(response.innerException())) return;
    throw new Failure(`The ${cache(name)} could not be deleted`, 'cache', response.innerException());
  }

  /** Creates the webhook, or changes the existing one of its name, which keeps its signing secret. */
  async putWebhook(id: WebhookId, { topicName, url }: Destination): Promise<void> {
    const destination = new PostUrlWebhookDestination(url);
    const response = await this.#topics.putWebhook(id.cacheName, id.webhookName, { topicName, destination });
    if (response.type === PutWebhookResponse.Error) {
      throw new Failure(`The ${webhook(id)} could not be made`, 'webhook', response.innerException());
    }
  }

  /** Undefined if there is none. */
  async findWebhook(id: WebhookId): Promise<Destination | undefined> {
    const response = await this.#topics.listWebhooks(id.cacheName);
    if (response.type === ListWebhooksResponse.Error) {
      if (isNotFound(response.innerException())) return undefined; // the cache is gone, and its webhooks with it
      throw new Failure(`The ${webhook(id)} could not be looked up`, 'webhook', response.innerException());
    }
    const found = response.getWebhooks().find((one) => one.id.webhookName === id.webhookName);
    return found && { topicName: found.topicName, url: found.destination.url() };
  }

  async signingSecret(id: WebhookId): Promise<string> {
    const response = await this.#topics.getWebhookSecret(id.cacheName, id.webhookName);
    if (response.type === GetWebhookSecretResponse.Success) return response.secret();
    throw new Failure(
      `The signing secret of the ${webhook(id)} could not be read`,
      'webhook',
      response.innerException(),
    );
  }

  /** Returns the new signing secret. */
  async rotateSigningSecret(id: WebhookId): Promise<string> {
    const response = await this.#topics.rotateWebhookSecret(id.cacheName, id.webhookName);
    if (response.type === RotateWebhookSecretResponse.Success) return response.secret();
    throw new Failure(
      `The signing secret of the ${webhook(id)} could not be rotated`,
      'webhook',
      response.innerException(),
    );
  }

  async deleteWebhook(id: WebhookId): Promise<void> {
    const response = await this.#topics.deleteWebhook(id.cacheName, id.webhookName);
    if (response.type !== DeleteWebhookResponse.Error || isNotFound(response.innerException())) return;
    throw new Failure(`The ${webhook(id)} could not be deleted`, 'webhook', response.innerException());
  }

  async #withCaches<T>(use: (caches: CacheClient) => Promise<T>): Promise<T> {
    const caches = new CacheClient({
      configuration: Configurations.Lambda.latest(quiet), // the one with a single connection
      credentialProvider: this.#credentialProvider,
      defaultTtlSeconds: 60,
    });
    try {
      return await use(caches);
    } finally {
      caches.close();
    }
  }

  get #topics(): TopicClient {
    return new TopicClient({
      configuration: TopicConfigurations.Default.latest(quiet),
      credentialProvider: this.#credentialProvider,
    });
  }
}

function isNotFound(error: SdkError): boolean {
  return error.errorCode() === MomentoErrorCode.CACHE_NOT_FOUND_ERROR;
}

function cache(name: string): string {
  return `cache ${JSON.stringify(name)}`;
}

function webhook({ webhookName, cacheName }: WebhookId): string {
  return `webhook ${JSON.stringify(webhookName)} of the cache ${JSON.stringify(cacheName)}`;
}
