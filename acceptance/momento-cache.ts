// Deletes and restores the run's own cache in Momento: while it is gone, nothing can be stored.
import {
  CacheClient,
  Configurations,
  CreateCacheResponse,
  DeleteCacheResponse,
  NoopMomentoLoggerFactory,
} from '@gomomento/sdk';
import type { Context } from './context';
import { Undecidable } from './errors';

export async function deleteCache(momento: Context['momento']): Promise<void> {
  await withClient(momento, async (client) => {
    const deleted = await client.deleteCache(momento.cacheName);
    if (deleted.type !== DeleteCacheResponse.Error) return;
    throw new Undecidable(`the key in MOMENTO_API_KEY may not delete its cache: ${deleted.message()}`);
  });
}

/** Changes nothing if the cache exists. */
export async function createCache(momento: Context['momento']): Promise<void> {
  await withClient(momento, async (client) => {
    const made = await client.createCache(momento.cacheName);
    if (made.type === CreateCacheResponse.Error) throw made.innerException();
  });
}

async function withClient(
  { credentialProvider }: Context['momento'],
  work: (client: CacheClient) => Promise<void>,
): Promise<void> {
  const client = new CacheClient({
    configuration: Configurations.Laptop.latest(new NoopMomentoLoggerFactory()),
    credentialProvider,
    defaultTtlSeconds: 60,
  });
  try {
    await work(client);
  } finally {
    client.close();
  }
}
