// Reads and removes comments in sorted sets of a Momento cache with Momento's SDK, as the rest of an application does.
import {
  CacheClient,
  CacheDeleteResponse,
  CacheSortedSetFetchResponse,
  Configurations,
  type CredentialProvider,
  NoopMomentoLoggerFactory,
  SortedSetOrder,
} from '@gomomento/sdk';
import * as v from 'valibot';

export interface Comment {
  userID: string;
  comment: string;
  eventId: string;
  /** the time of publication in Momento's event */
  at: Date;
}

export interface InCache {
  readonly credentialProvider: CredentialProvider;
  readonly cacheName: string;
}

export interface CommentsOptions extends InCache {
  /** the most to read, newest first */
  readonly limit: number;
}

const stored = v.object({ userID: v.string(), comment: v.string(), eventId: v.string() });

/** The comments of a course, newest first. Throws Momento's own error, or an error if the set holds something else. */
export function readComments(courseId: string, options: CommentsOptions): Promise<Comment[]> {
  return withClient(options, async (client) => {
    const fetched = await client.sortedSetFetchByRank(options.cacheName, courseId, {
      order: SortedSetOrder.Descending,
      startRank: 0,
      endRank: options.limit,
    });
    if (fetched.type === CacheSortedSetFetchResponse.Error) throw fetched.innerException();
    if (fetched.type === CacheSortedSetFetchResponse.Miss) return [];
    return fetched.valueArray().map(({ value, score }) => ({
      ...v.parse(stored, JSON.parse(value)),
      at: new Date(score),
    }));
  });
}

/** Removes a course with all its comments. Throws Momento's own error. */
export function removeComments(courseId: string, cache: InCache): Promise<void> {
  return withClient(cache, async (client) => {
    const deleted = await client.delete(cache.cacheName, courseId);
    if (deleted.type === CacheDeleteResponse.Error) throw deleted.innerException();
  });
}

async function withClient<T>(
  { credentialProvider }: InCache,
  call: (client: CacheClient) => Promise<T>,
): Promise<T> {
  const client = new CacheClient({
    configuration: Configurations.Laptop.latest(new NoopMomentoLoggerFactory()),
    credentialProvider,
    defaultTtlSeconds: 60,
  });
  try {
    return await call(client);
  } finally {
    client.close();
  }
}
