// Vends disposable tokens. Each carries the id of one user, and may do only what it is vended for.
import { GenerateDisposableTokenResponse, MomentoErrorCode } from '@gomomento/sdk';
import { DeadlineExceeded } from '../core/deadline';
import { BadGateway, Unavailable } from '../core/errors';
import type { Permission } from '../core/user-token';
import { whileInitialising } from './initialisation';
import { timed } from './metrics';
import { DOUBTED_KEY_MS, MomentoClient } from './momento-client';
import type { MomentoAccess } from './momento-credentials';
import { connect, type TokenService } from './token-client';

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

export interface VendingSettings extends MomentoAccess {
  readonly apiKeySecretArn: string;
  readonly cacheName: string;
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

export class TokenVending {
  readonly #momento: MomentoClient<TokenService>;

  constructor(private readonly settings: VendingSettings) {
    // A key of another account vends tokens too; only publishing with them fails. So every key is doubtful.
    this.#momento = new MomentoClient(settings.apiKeySecretArn, (apiKey) => connect(apiKey, settings), {
      keyServesMs: DOUBTED_KEY_MS,
    });
    whileInitialising(this.#momento.prefetch((client) => client.connected()));
  }

  /** A new token for a user, valid for its full lifetime. Throws BadGateway if Momento refuses it, else Unavailable. */
  async vend(userId: string, may: readonly Permission[]): Promise<VendedToken> {
    const { cacheName, ttlMinutes } = this.settings;
    const vending = this.#momento.call((client) => client.vend({ userId, cacheName, may, ttlMinutes }));
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
}
