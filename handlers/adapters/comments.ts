// Comments in a Momento cache: a sorted set per course, where the same element put again changes nothing.
import {
  CacheClient,
  CollectionTtl,
  Configurations,
  MomentoErrorCode,
  NoopMomentoLoggerFactory,
  SortedSetOrder,
} from '@gomomento/sdk';
import type { CommentElement } from '../core/comment';
import { Unavailable } from '../core/errors';
import { MomentoClient } from './momento-client';
import { apiKeyCredentials, type MomentoAccess } from './momento-credentials';

/** The most that one cut removes, so that its answer stays well under the 4 MiB that gRPC carries. */
const CUT_AT_MOST = 200;

export interface CommentsSettings extends MomentoAccess {
  readonly apiKeySecretArn: string;
  readonly cacheName: string;
  /** Seconds that a course's set lives after the last write to it. */
  readonly ttlSeconds: number;
}

export class Comments {
  readonly #momento: MomentoClient<CacheClient>;

  constructor(private readonly settings: CommentsSettings) {
    this.#momento = new MomentoClient(settings.apiKeySecretArn, (apiKey) => {
      const credentialProvider = apiKeyCredentials(apiKey, settings);
      const configuration = Configurations.Lambda.latest(new NoopMomentoLoggerFactory());
      return new CacheClient({ credentialProvider, configuration, defaultTtlSeconds: settings.ttlSeconds });
    });
    this.#momento.prefetch();
  }

  /**
   * Puts an element into its course's set and renews the set's time to live. Repeated, concurrent or late, it has the
   * same effect once. Throws Unavailable where Momento would not store it.
   */
  async put({ course, score, value }: CommentElement): Promise<void> {
    const ttl = CollectionTtl.of(this.settings.ttlSeconds);
    await this.#call((client) =>
      client.sortedSetPutElement(this.settings.cacheName, course, value, score, { ttl }),
    );
  }

  /** Removes the oldest comments of a course beyond the newest `keep`, some at a time. */
  async cut(course: string, keep: number): Promise<void> {
    const { cacheName } = this.settings;
    const oldest = await this.#call((client) =>
      client.sortedSetFetchByRank(cacheName, course, {
        startRank: keep,
        endRank: keep + CUT_AT_MOST,
        order: SortedSetOrder.Descending,
      }),
    );
    const values = oldest.value()?.map((element) => element.value) ?? [];
    if (values.length === 0) return;
    await this.#call((client) => client.sortedSetRemoveElements(cacheName, course, values));
  }

  /** Calls Momento, and once more where the API key was rotated or the connection may have died while frozen. */
  async #call<R extends object>(request: (client: CacheClient) => Promise<R>): Promise<R> {
    let response = await request(await this.#momento.get());
    if (await this.#mayRecover(response)) response = await request(await this.#momento.get());
    if (isError(response)) throw new Unavailable('store', response.errorCode());
    return response;
  }

  async #mayRecover(response: object): Promise<boolean> {
    if (!isError(response)) return false;
    switch (response.errorCode()) {
      case MomentoErrorCode.AUTHENTICATION_ERROR:
        return this.#momento.rotated();
      case MomentoErrorCode.TIMEOUT_ERROR:
        this.#momento.drop();
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
