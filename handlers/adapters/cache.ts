// Calls to a Momento cache that survive a rotated API key and a connection that died unnoticed.
import { CacheClient, Configurations, NoopMomentoLoggerFactory } from '@gomomento/sdk';
import { Unavailable } from '../core/errors';
import { whileInitialising } from './initialisation';
import { errorCodeOf, MomentoClient } from './momento-client';
import { apiKeyCredentials, type MomentoAccess } from './momento-credentials';

export interface CacheSettings extends MomentoAccess {
  readonly apiKeySecretArn: string;
  readonly cacheName: string;
  /** Lifetime of what is written, in seconds. */
  readonly ttlSeconds: number;
}

/** No key of an application begins with U+0001, so there is no such key. */
const NO_KEY = '\u0001none';

export class Cache {
  readonly #momento: MomentoClient<CacheClient>;

  constructor(settings: CacheSettings) {
    this.#momento = new MomentoClient(settings.apiKeySecretArn, (apiKey) => {
      const credentialProvider = apiKeyCredentials(apiKey, settings);
      const configuration = Configurations.Lambda.latest(new NoopMomentoLoggerFactory());
      return new CacheClient({ credentialProvider, configuration, defaultTtlSeconds: settings.ttlSeconds });
    });
    whileInitialising(this.#momento.prefetch((client) => client.get(settings.cacheName, NO_KEY)));
  }

  /** Makes a call that may be repeated, like `MomentoClient.call`. Throws Unavailable if Momento answers with an error. */
  async call<R extends object>(request: (client: CacheClient) => Promise<R>): Promise<R> {
    const response = await this.#momento.call(request);
    const code = errorCodeOf(response);
    if (code !== undefined) throw new Unavailable('store', code);
    return response;
  }
}
