// One Momento client for as long as its API key and its connection serve.
import { CachedSecret } from '../core/cached-secret';
import { fetchSecret } from './secrets';

interface Closable {
  close(): void;
}

export class MomentoClient<Client extends Closable> {
  readonly #apiKey: CachedSecret<string>;
  #open: { readonly apiKey: string; readonly client: Client } | undefined;

  /**
   * @param apiKeySecretArn the secret that holds the API key
   * @param connect makes a client; it must not wait for a connection
   */
  constructor(
    apiKeySecretArn: string,
    private readonly connect: (apiKey: string) => Client,
  ) {
    this.#apiKey = new CachedSecret(() => fetchSecret(apiKeySecretArn), Number.POSITIVE_INFINITY);
  }

  /** Begins to fetch the key and to connect, so that the first request need not wait as long. */
  prefetch(): void {
    this.#apiKey.prefetch((apiKey) => this.#for(apiKey));
  }

  /** The client. Throws Unavailable where the API key cannot be had. */
  async get(): Promise<Client> {
    return this.#for(await this.#apiKey.get(Number.POSITIVE_INFINITY));
  }

  /** After an authentication error: fetches the API key again. Whether there is another one, and so a new client. */
  async rotated(): Promise<boolean> {
    const before = this.#open;
    this.#for(await this.#apiKey.get(0));
    return this.#open !== before;
  }

  /** Closes the client, so that the next request makes a new connection: this one may have died unseen. */
  drop(): void {
    this.#open?.client.close();
    this.#open = undefined;
  }

  #for(apiKey: string): Client {
    if (this.#open?.apiKey !== apiKey) {
      this.drop();
      this.#open = { apiKey, client: this.connect(apiKey) };
    }
    return this.#open.client;
  }
}
