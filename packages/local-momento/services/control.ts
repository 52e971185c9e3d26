// The control plane: create, delete, list and flush caches.
import { control_client } from '@gomomento/generated-types/dist/controlclient';
import type { Caches } from '../caches';
import type { Bound, Dispatcher } from '../dispatch';
import { MAX_ITEM_BYTES, MAX_MESSAGE_BYTES } from '../limits';

const needs = (): { kind: 'manage' } => ({ kind: 'manage' });

/** Momento's default limits, from its documentation and `ListCaches`. */
const TOPIC_LIMITS = {
  max_publish_rate: 100,
  max_subscription_count: 100,
  max_publish_message_size_kb: MAX_MESSAGE_BYTES / 1024,
};
const CACHE_LIMITS = {
  max_traffic_rate: 500,
  max_throughput_kbps: 1_024,
  max_item_size_kb: MAX_ITEM_BYTES / 1024,
};

export function control(
  dispatcher: Dispatcher,
  caches: Caches,
  /** Called when a cache is deleted, to delete its topics and webhooks. */
  deleted: (cache: string) => void,
): Record<'CreateCache' | 'DeleteCache' | 'ListCaches' | 'FlushCache', Bound> {
  return {
    CreateCache: dispatcher.unary({
      needs,
      run: (request: control_client._CreateCacheRequest) => {
        caches.create(request.cache_name);
        return new control_client._CreateCacheResponse();
      },
    }),

    DeleteCache: dispatcher.unary({
      needs,
      run: (request: control_client._DeleteCacheRequest) => {
        caches.delete(request.cache_name);
        deleted(request.cache_name);
        return new control_client._DeleteCacheResponse();
      },
    }),

    ListCaches: dispatcher.unary({
      needs,
      run: () => {
        const topic_limits = new control_client._TopicLimits(TOPIC_LIMITS);
        const cache_limits = new control_client._CacheLimits({
          ...CACHE_LIMITS,
          max_ttl_seconds: caches.maxTtlSeconds,
        });
        const cache = caches.names.map(
          (cache_name) => new control_client._Cache({ cache_name, cache_limits, topic_limits }),
        );
        return new control_client._ListCachesResponse({ cache, next_token: '' });
      },
    }),

    FlushCache: dispatcher.unary({
      needs,
      run: (request: control_client._FlushCacheRequest) => {
        caches.get(request.cache_name).clear();
        return new control_client._FlushCacheResponse();
      },
    }),
  };
}
