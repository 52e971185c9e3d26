// Reads the comments of a course with Momento's SDK, as the rest of an application does.
import {
  CacheClient,
  CacheSortedSetFetchResponse,
  Configurations,
  type CredentialProvider,
  SortedSetOrder,
} from '@gomomento/sdk';
import * as v from 'valibot';

export interface Comment {
  userID: string;
  comment: string;
  eventId: string;
  /** when it was published, as Momento's event says */
  at: Date;
}

export interface CommentsOptions {
  credentialProvider: CredentialProvider;
  cacheName: string;
  /** at most so many, the newest */
  limit: number;
}

const stored = v.object({ userID: v.string(), comment: v.string(), eventId: v.string() });

/** The comments of a course, newest first. Throws Momento's own error, or where something else stands in the set. */
export async function readComments(courseId: string, options: CommentsOptions): Promise<Comment[]> {
  const client = new CacheClient({
    configuration: Configurations.Laptop.latest(),
    credentialProvider: options.credentialProvider,
    defaultTtlSeconds: 60,
  });
  try {
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
  } finally {
    client.close();
  }
}
