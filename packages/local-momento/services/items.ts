// Operations on items of every kind: their time to live and their kind.
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import type { Kind } from '../caches';
import type { Bound } from '../dispatch';
import { invalidArgument } from '../errors';
import type { DataActions } from './data';

const keyOf = (request: { cache_key: Uint8Array }): Uint8Array[] => [request.cache_key];

const TYPES: Record<Kind, scs._ItemGetTypeResponse.ItemType> = {
  scalar: scs._ItemGetTypeResponse.ItemType.SCALAR,
  dictionary: scs._ItemGetTypeResponse.ItemType.DICTIONARY,
  set: scs._ItemGetTypeResponse.ItemType.SET,
  list: scs._ItemGetTypeResponse.ItemType.LIST,
  sortedSet: scs._ItemGetTypeResponse.ItemType.SORTED_SET,
};

export function items({ read, conditional }: DataActions): Record<string, Bound> {
  return {
    ItemGetType: read(keyOf, (request: scs._ItemGetTypeRequest, cache) => {
      const kind = cache.kindOf(request.cache_key);
      if (kind === undefined) {
        return new scs._ItemGetTypeResponse({ missing: new scs._ItemGetTypeResponse._Missing() });
      }
      const found = new scs._ItemGetTypeResponse._Found({ item_type: TYPES[kind] });
      return new scs._ItemGetTypeResponse({ found });
    }),

    ItemGetTtl: read(keyOf, (request: scs._ItemGetTtlRequest, cache) => {
      const remaining = cache.ttlOf(request.cache_key);
      if (remaining === undefined) {
        return new scs._ItemGetTtlResponse({ missing: new scs._ItemGetTtlResponse._Missing() });
      }
      const found = new scs._ItemGetTtlResponse._Found({ remaining_ttl_millis: remaining });
      return new scs._ItemGetTtlResponse({ found });
    }),

    UpdateTtl: conditional(keyOf, (request: scs._UpdateTtlRequest, cache) => {
      const remaining = cache.ttlOf(request.cache_key);
      if (remaining === undefined) {
        return new scs._UpdateTtlResponse({ missing: new scs._UpdateTtlResponse._Missing() });
      }
      const [ttl, holds] = wanted(request, remaining);
      if (!holds) return new scs._UpdateTtlResponse({ not_set: new scs._UpdateTtlResponse._NotSet() });
      cache.setTtl(request.cache_key, ttl);
      return new scs._UpdateTtlResponse({ set: new scs._UpdateTtlResponse._Set() });
    }),
  };
}

function wanted(request: scs._UpdateTtlRequest, remaining: number): [ttl: number, holds: boolean] {
  const { increase_to_milliseconds, decrease_to_milliseconds, overwrite_to_milliseconds } = request;
  switch (request.update_ttl) {
    case 'increase_to_milliseconds':
      return [increase_to_milliseconds, increase_to_milliseconds > remaining];
    case 'decrease_to_milliseconds':
      return [decrease_to_milliseconds, decrease_to_milliseconds < remaining];
    case 'overwrite_to_milliseconds':
      return [overwrite_to_milliseconds, true];
    case 'none':
      throw invalidArgument('UpdateTtl without a time to live');
  }
}
