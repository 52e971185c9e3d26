// A Momento client that renews its API key and its connection when they no longer work.
import { MomentoErrorCode } from '@gomomento/sdk';
import { status } from '@grpc/grpc-js';
import { CachedSecret } from '../core/cached-secret';
import { before, DeadlineExceeded } from '../core/deadline';
import { type Closable, Connection } from './connection';
import { fetchSecret } from './secrets';

/**
 * How old a doubtful key may become, in milliseconds. Momento answers NOT_FOUND to a key of another account and
 * PERMISSION_DENIED to a key with too few rights, but also to a good key if something is missing or not allowed.
 */
export const DOUBTED_KEY_MS = 300_000;
/** A refused key is fetched again at once. If it has not changed, the next fetch comes after this time, in milliseconds. */
export const REFUSED_KEY_MS = 5_000;
/** How long a call waits for a newer key if the held one may still work, in milliseconds. */
const KEY_PATIENCE_MS = 500;
/** Time limit of each of a call's two tries, in milliseconds. The SDK's token client alone would wait for a minute. */
const TRY_WITHIN_MS = 1_500;

/** Momento's answers to a call whose API key may be wrong, by the SDK's names. */
const REFUSALS: ReadonlyMap<MomentoErrorCode | undefined, status> = new Map([
  [MomentoErrorCode.AUTHENTICATION_ERROR, status.UNAUTHENTICATED],
  [MomentoErrorCode.PERMISSION_ERROR, status.PERMISSION_DENIED],
  [MomentoErrorCode.CACHE_NOT_FOUND_ERROR, status.NOT_FOUND],
]);

/** The error codes of a call whose connection was dead or broke. */
const BROKEN: ReadonlySet<MomentoErrorCode | undefined> = new Set([
  MomentoErrorCode.SERVER_UNAVAILABLE,
  MomentoErrorCode.TIMEOUT_ERROR,
  MomentoErrorCode.INTERNAL_SERVER_ERROR,
  MomentoErrorCode.CANCELLED_ERROR,
]);

interface Options {
  /** How old a key may become if Momento has not refused it, in milliseconds. */
  readonly keyServesMs?: number;
  readonly fetch?: (arn: string) => Promise<string>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export class MomentoClient<Client extends Closable> {
  readonly #apiKey: CachedSecret<string>;
  readonly #connection: Connection<Client>;
  readonly #keyOf = new WeakMap<Client, string>();
  readonly #keyServesMs: number;
  /** The last refused key, which was fetched again. */
  #refused: string | undefined;

  /**
   * @param apiKeySecretArn the secret that holds the API key
   * @param connect makes a client; it must not wait for a connection
   */
  constructor(
    apiKeySecretArn: string,
    connect: (apiKey: string) => Client,
    { keyServesMs = Number.POSITIVE_INFINITY, fetch = fetchSecret, now = Date.now }: Options = {},
  ) {
    this.#keyServesMs = keyServesMs;
    this.#apiKey = new CachedSecret(() => fetch(apiKeySecretArn), Number.POSITIVE_INFINITY, now);
    this.#connection = new Connection((apiKey) => {
      const client = connect(apiKey);
      this.#keyOf.set(client, apiKey);
      return client;
    }, now);
  }

  /**
   * Fetches the key and makes a harmless call while the function initialises, so that the first request need not connect. If
   * the call fails, the first request opens a new connection. Rejects if the key is not a valid one.
   */
  async prefetch<R extends object>(request: (client: Client) => Promise<R>): Promise<void> {
    const apiKey = await this.#apiKey.prefetch();
    if (apiKey !== undefined) await this.#try(apiKey, request, false);
  }

  /** The client. Throws Unavailable if the API key cannot be fetched, and UnusableApiKey if it is not a valid key. */
  async get(): Promise<Client> {
    return this.#connection.to(await this.#usableKey());
  }

  /**
   * Makes a call of Momento's SDK that may be repeated, and returns its response. It repeats the call on a new connection if
   * the first may be dead, and with another key if Momento refused the first and there is another. Throws as `get` does, and
   * DeadlineExceeded if neither try is answered.
   */
  async call<R extends object>(request: (client: Client) => Promise<R>): Promise<R> {
    const apiKey = await this.#usableKey();
    const response = await this.#try(apiKey, request);
    const refusal = REFUSALS.get(errorCodeOf(response));
    if (refusal === undefined || !(await this.#renewed(apiKey, refusal))) return response;
    return this.#try(await this.#latestKey(), request);
  }

  /**
   * Fetches the API key again, if that is due, after Momento answered a client's call with UNAUTHENTICATED, PERMISSION_DENIED
   * or NOT_FOUND. Resolves with whether there is another key, and so a new client.
   */
  async refused(client: Client, code: status): Promise<boolean> {
    const apiKey = this.#keyOf.get(client);
    return apiKey !== undefined && this.#renewed(apiKey, code);
  }

  async #try<R extends object>(
    apiKey: string,
    request: (client: Client) => Promise<R>,
    mayRepeat = true,
  ): Promise<R> {
    const { result, heard, drop } = this.#connection.call(apiKey, request);
    const outcome = await before(Date.now() + TRY_WITHIN_MS, result).catch((error: unknown) => {
      if (error instanceof DeadlineExceeded) return error;
      drop(); // it could not even connect
      throw error;
    });
    const isLate = outcome instanceof DeadlineExceeded;
    const code = isLate ? MomentoErrorCode.TIMEOUT_ERROR : errorCodeOf(outcome);
    if (code === undefined) heard();
    if (BROKEN.has(code)) {
      drop();
      if (mayRepeat) return this.#try(apiKey, request, false);
    }
    if (isLate) throw outcome;
    return outcome;
  }

  /** The key. An invalid one may have been corrected, so it is fetched again. */
  async #usableKey(): Promise<string> {
    const apiKey = await this.#apiKey.get(this.#keyServesMs, KEY_PATIENCE_MS);
    try {
      this.#connection.to(apiKey);
      return apiKey;
    } catch (error) {
      if (!(await this.#renewed(apiKey, status.UNAUTHENTICATED))) throw error;
      return this.#latestKey();
    }
  }

  /** Whether there is another key than the refused one, which is fetched again if that is due. */
  async #renewed(apiKey: string, code: status): Promise<boolean> {
    if ((await this.#latestKey()) !== apiKey) return true;
    if (code !== status.UNAUTHENTICATED) return (await this.#apiKey.get(DOUBTED_KEY_MS)) !== apiKey;
    const latest = await this.#apiKey.get(
      this.#refused === apiKey ? REFUSED_KEY_MS : Number.NEGATIVE_INFINITY,
    );
    this.#refused = apiKey;
    return latest !== apiKey;
  }

  #latestKey(): Promise<string> {
    return this.#apiKey.get(Number.POSITIVE_INFINITY);
  }
}

interface ErrorResponse {
  errorCode(): MomentoErrorCode;
}

/** The code of an SDK error response. Every error response has one; no other response does. */
export function errorCodeOf(response: object): MomentoErrorCode | undefined {
  return isError(response) ? response.errorCode() : undefined;
}

function isError(response: object): response is ErrorResponse {
  return 'errorCode' in response;
}
