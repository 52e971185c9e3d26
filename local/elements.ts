// Reads and removes elements of sorted sets in a Momento cache with Momento's SDK, as the rest of an application does.
import {
  CacheClient,
  CacheDeleteResponse,
  CacheSortedSetFetchResponse,
  CacheSortedSetRemoveElementsResponse,
  Configurations,
  type CredentialProvider,
  NoopMomentoLoggerFactory,
  SortedSetOrder,
} from '@gomomento/sdk';

export interface InCache {
  readonly credentialProvider: CredentialProvider;
  readonly cacheName: string;
}

export interface ReadOptions extends InCache {
  /** the most to read, highest scores first */
  readonly limit: number;
}

export interface StoredElement {
  readonly value: string;
  readonly score: number;
}

/** The elements of a set, highest scores first. Throws Momento's own error. */
export function readElements(set: string, options: ReadOptions): Promise<StoredElement[]> {
  return withClient(options, async (client) => {
    const fetched = await client.sortedSetFetchByRank(options.cacheName, set, {
      order: SortedSetOrder.Descending,
      startRank: 0,
      endRank: options.limit,
    });
    if (fetched.type === CacheSortedSetFetchResponse.Error) throw fetched.innerException();
    return fetched.value() ?? [];
  });
}

/** Removes these values from a set. Throws Momento's own error. */
export function removeElements(set: string, values: string[], cache: InCache): Promise<void> {
  return withClient(cache, async (client) => {
    const removed = await client.sortedSetRemoveElements(cache.cacheName, set, values);
    if (removed.type === CacheSortedSetRemoveElementsResponse.Error) throw removed.innerException();
  });
}

/** Removes a set with all its elements. Throws Momento's own error. */
export function removeSet(set: string, cache: InCache): Promise<void> {
  return withClient(cache, async (client) => {
    const deleted = await client.delete(cache.cacheName, set);
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
