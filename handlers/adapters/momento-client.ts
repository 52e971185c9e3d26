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

  /** The client. Throws Unavailable where the API key cannot be had, and UnusableApiKey where it is none. */
  async get(): Promise<Client> {
    const apiKey = await this.#apiKey.get(Number.POSITIVE_INFINITY);
    try {
      return this.#for(apiKey);
    } catch {
      return this.#for(await this.#apiKey.get(0)); // somebody may have put it right
    }
  }

  /**
   * After an authentication error with a client: fetches the API key again, unless another request did so already.
   * Whether there is another key, and so a new client.
   */
  async rotated(client: Client): Promise<boolean> {
    if (this.#open?.client === client) this.#for(await this.#apiKey.get(0));
    return this.#open?.client !== client;
  }

  /**
   * Closes a client, so that the next request makes a new connection: this one may have died unseen. Where another
   * request did so already, the new one stays.
   */
  drop(client: Client): void {
    if (this.#open?.client === client) this.#close();
  }

  #close(): void {
    this.#open?.client.close();
    this.#open = undefined;
  }

  #for(apiKey: string): Client {
    if (this.#open?.apiKey !== apiKey) {
      this.#close();
      this.#open = { apiKey, client: this.connect(apiKey) };
    }
    return this.#open.client;
  }
}
