// Disposable tokens. Each may only publish to one topic, and carries the id of one user.
import {
  AuthClient,
  AuthClientConfigurations,
  DisposableTokenScopes,
  ExpiresIn,
  GenerateDisposableTokenResponse,
  MomentoErrorCode,
  NoopMomentoLoggerFactory,
} from '@gomomento/sdk';
import { LRUCache } from 'lru-cache';
import { DeadlineExceeded } from '../core/deadline';
import { BadGateway, Unavailable } from '../core/errors';
import { connected } from './connected';
import { INIT_WITHIN_MS, whileInitialising } from './initialisation';
import { timed } from './metrics';
import { DOUBTED_KEY_MS, MomentoClient } from './momento-client';
import { apiKeyCredentials, type MomentoAccess } from './momento-credentials';

/** How many users' tokens are kept at the same time; the least recently used makes room. */
const USERS_AT_MOST = 1_000;
/** The fraction of its lifetime for which a token is reused. The rest is enough for any publish under way. */
const USED_OF_LIFE = 0.8;

/** Errors that say nothing about the request: Momento was out of reach, or failed. */
const OUT_OF_REACH: ReadonlySet<MomentoErrorCode> = new Set([
  MomentoErrorCode.SERVER_UNAVAILABLE,
  MomentoErrorCode.TIMEOUT_ERROR,
  MomentoErrorCode.CANCELLED_ERROR,
  MomentoErrorCode.CONNECTION_ERROR,
  MomentoErrorCode.INTERNAL_SERVER_ERROR,
  MomentoErrorCode.UNKNOWN_SERVICE_ERROR,
  MomentoErrorCode.UNKNOWN_ERROR,
]);

export interface TokenSettings extends MomentoAccess {
  readonly apiKeySecretArn: string;
  readonly cacheName: string;
  readonly topicName: string;
  readonly ttlMinutes: number;
}

/** A token as Momento vended it. */
export interface VendedToken {
  readonly authToken: string;
  /** The host of Momento's region, for SDKs that do not read it from the token. */
  readonly endpoint: string;
  /** In milliseconds since the epoch. */
  readonly expiresAt: number;
}

export class Tokens {
  readonly #tokens: LRUCache<string, string>;
  readonly #momento: MomentoClient<OwnClient>;

  constructor(private readonly settings: TokenSettings) {
    this.#tokens = new LRUCache({ max: USERS_AT_MOST, ttl: settings.ttlMinutes * 60_000 * USED_OF_LIFE });
    // A key of another account vends tokens too; only publishing with them fails. So every key is doubtful.
    this.#momento = new MomentoClient(settings.apiKeySecretArn, (apiKey) => connect(apiKey, settings), {
      keyServesMs: DOUBTED_KEY_MS,
    });
    whileInitialising(this.#momento.prefetch((client) => client.connected()));
  }

  /** A token for a user, kept or new. Throws BadGateway if Momento refuses it, else Unavailable. */
  async get(userId: string): Promise<{ token: string; kept: boolean }> {
    const kept = this.#tokens.get(userId);
    if (kept) return { token: kept, kept: true };
    const { authToken } = await this.vend(userId);
    this.#tokens.set(userId, authToken);
    return { token: authToken, kept: false };
  }

  /** Forgets a user's token that Momento no longer accepts. */
  drop(userId: string): void {
    this.#tokens.delete(userId);
  }

  /** A new token for a user, valid for its full lifetime. Throws as `get` does. */
  async vend(userId: string): Promise<VendedToken> {
    const vending = this.#momento.call((client) => this.#ask(client, userId));
    const response = await timed('TokenLatency', vending).catch((error: unknown) => {
      throw error instanceof DeadlineExceeded ? new Unavailable('momento', error) : error;
    });
    if (response.type === GenerateDisposableTokenResponse.Success) {
      const { authToken, endpoint, expiresAt } = response;
      return { authToken, endpoint, expiresAt: expiresAt.epoch() * 1000 };
    }
    const code = response.errorCode();
    throw OUT_OF_REACH.has(code) ? new Unavailable('momento', code) : new BadGateway(code);
  }

  #ask(client: AuthClient, userId: string) {
    const { cacheName, topicName, ttlMinutes } = this.settings;
    const scope = DisposableTokenScopes.topicPublishOnly(cacheName, topicName);
    const expiresIn = ExpiresIn.minutes(ttlMinutes);
    return client.generateDisposableToken(scope, expiresIn, { tokenId: userId });
  }
}

/** What the SDK's client lacks. Without `close`, idle connections of its stubs would stay open for half an hour. */
type OwnClient = AuthClient & {
  /** Resolves when it is connected to the token service. */
  connected(): Promise<object>;
  close(): void;
};

export function connect(apiKey: string, access: MomentoAccess): OwnClient {
  const credentialProvider = apiKeyCredentials(apiKey, access);
  const configuration = AuthClientConfigurations.Default.latest(new NoopMomentoLoggerFactory());
  const client = new AuthClient({ credentialProvider, configuration });
  const { tokenClient, authClient } = Object(Reflect.get(client, 'authClient'));
  return Object.assign(client, {
    async connected() {
      await connected(tokenClient, INIT_WITHIN_MS);
      return {};
    },
    close() {
      for (const stub of [tokenClient, authClient]) stub.close();
    },
  });
}
