// Calls to a Momento cache that survive a rotated API key and a connection that died unseen.
import { CacheClient, Configurations, MomentoErrorCode, NoopMomentoLoggerFactory } from '@gomomento/sdk';
import { Unavailable } from '../core/errors';
import { MomentoClient } from './momento-client';
import { apiKeyCredentials, type MomentoAccess } from './momento-credentials';

export interface CacheSettings extends MomentoAccess {
  readonly apiKeySecretArn: string;
  readonly cacheName: string;
  /** Seconds that what is written lives. */
  readonly ttlSeconds: number;
}

export class Cache {
  readonly #momento: MomentoClient<CacheClient>;

  constructor(settings: CacheSettings) {
    this.#momento = new MomentoClient(settings.apiKeySecretArn, (apiKey) => {
      const credentialProvider = apiKeyCredentials(apiKey, settings);
      const configuration = Configurations.Lambda.latest(new NoopMomentoLoggerFactory());
      return new CacheClient({ credentialProvider, configuration, defaultTtlSeconds: settings.ttlSeconds });
    });
    this.#momento.prefetch();
  }

  /**
   * Calls Momento, and once more where the API key was rotated or the connection may have died while frozen.
   * Throws Unavailable where Momento answers with an error.
   */
  async call<R extends object>(request: (client: CacheClient) => Promise<R>): Promise<R> {
    const client = await this.#momento.get();
    let response = await request(client);
    if (await this.#mayRecover(response, client)) response = await request(await this.#momento.get());
    if (isError(response)) throw new Unavailable('store', response.errorCode());
    return response;
  }

  async #mayRecover(response: object, client: CacheClient): Promise<boolean> {
    if (!isError(response)) return false;
    switch (response.errorCode()) {
      case MomentoErrorCode.AUTHENTICATION_ERROR:
        return this.#momento.rotated(client);
      case MomentoErrorCode.TIMEOUT_ERROR:
        this.#momento.drop(client);
        return true;
      default:
        return false;
    }
  }
}

interface ErrorResponse {
  errorCode(): MomentoErrorCode;
}

/** Every error response of the SDK has its code, and no other response has one. */
function isError(response: object): response is ErrorResponse {
  return 'errorCode' in response;
}
