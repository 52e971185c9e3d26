// A client of Momento's, for as long as its API key and its connection serve.
import { MomentoErrorCode } from '@gomomento/sdk';
import { status } from '@grpc/grpc-js';
import { CachedSecret } from '../core/cached-secret';
import { before, DeadlineExceeded } from '../core/deadline';
import { type Closable, Connection } from './connection';
import { fetchSecret } from './secrets';

/**
 * How old a key may become that may be wrong, in milliseconds. Momento says NOT_FOUND to the key of another account, and
 * PERMISSION_DENIED to one of too few rights; but it says so to a good key too, of what is not there or not allowed.
 */
export const DOUBTED_KEY_MS = 300_000;
/** A key that is surely wrong is fetched again at once; while it stays the same, no sooner than after so many milliseconds. */
export const REFUSED_KEY_MS = 5_000;
/** How long a call waits for a newer key than one that may serve, in milliseconds. */
const KEY_PATIENCE_MS = 500;
/** For one try of a call, of two, in milliseconds: the SDK's client for tokens would wait for a minute. */
const TRY_WITHIN_MS = 1_500;

/** What Momento says of a call whose API key may be wrong, as the SDK names it. */
const REFUSALS: ReadonlyMap<MomentoErrorCode | undefined, status> = new Map([
  [MomentoErrorCode.AUTHENTICATION_ERROR, status.UNAUTHENTICATED],
  [MomentoErrorCode.PERMISSION_ERROR, status.PERMISSION_DENIED],
  [MomentoErrorCode.CACHE_NOT_FOUND_ERROR, status.NOT_FOUND],
]);

/** How a call ends whose connection was dead, or broke. */
const BROKEN: ReadonlySet<MomentoErrorCode | undefined> = new Set([
  MomentoErrorCode.SERVER_UNAVAILABLE,
  MomentoErrorCode.TIMEOUT_ERROR,
  MomentoErrorCode.INTERNAL_SERVER_ERROR,
  MomentoErrorCode.CANCELLED_ERROR,
]);

interface Options {
  /** How old a key may become that Momento says nothing against, in milliseconds. */
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
  /** The key that was refused last: it was fetched again. */
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

  /** Begins to fetch the key and to connect, so that the first request need not wait as long. */
  prefetch(): void {
    this.#apiKey.prefetch((apiKey) => void this.#connection.to(apiKey));
  }

  /** The client. Throws Unavailable where the API key cannot be had, and UnusableApiKey where it is none. */
  async get(): Promise<Client> {
    return this.#connection.to(await this.#usableKey());
  }

  /**
   * Makes a call of Momento's SDK that may be repeated, and gives its response: once more on a new connection where the
   * first may be dead, and once more with another key where Momento refused the first and there is another. Throws as `get`,
   * and DeadlineExceeded where neither try was answered.
   */
  async call<R extends object>(request: (client: Client) => Promise<R>): Promise<R> {
    const apiKey = await this.#usableKey();
    const response = await this.#try(apiKey, request);
    const refusal = REFUSALS.get(errorCodeOf(response));
    if (refusal === undefined || !(await this.#renewed(apiKey, refusal))) return response;
    return this.#try(await this.#latestKey(), request);
  }

  /**
   * After Momento answered a call of a client with UNAUTHENTICATED, PERMISSION_DENIED or NOT_FOUND: fetches the API key again
   * where that is due. Whether there is another key, and so a new client.
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

  /** The key. One that is none may have been put right. */
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

  /** Whether there is another key than one that was refused, after it was fetched again where that is due. */
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

/** The code of an error response of the SDK: every one has a code, and no other response has one. */
export function errorCodeOf(response: object): MomentoErrorCode | undefined {
  return isError(response) ? response.errorCode() : undefined;
}

function isError(response: object): response is ErrorResponse {
  return 'errorCode' in response;
}
