// Scalars: get, set, delete, exists, increment.
import { createHash } from 'node:crypto';
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import type { Cache } from '../caches';
import { increment } from '../counter';
import type { Bound } from '../dispatch';
import type { DataActions } from './data';

const { Hit, Miss, Ok } = scs.ECacheResult;

const keyOf = (request: { cache_key: Uint8Array }): Uint8Array[] => [request.cache_key];

/** A hash that a client can only send back: Momento documents neither its form nor its length. */
export const hashOf = (value: Uint8Array): Uint8Array =>
  createHash('sha256').update(value).digest().subarray(0, 16);

export function scalars({ read, write }: DataActions): Record<string, Bound> {
  return {
    Get: read(keyOf, get),

    GetWithHash: read(keyOf, (request: scs._GetWithHashRequest, cache) => {
      const value = cache.get(request.cache_key, 'scalar');
      if (value === undefined) {
        return new scs._GetWithHashResponse({ missing: new scs._GetWithHashResponse._Missing() });
      }
      const found = new scs._GetWithHashResponse._Found({ value, hash: hashOf(value) });
      return new scs._GetWithHashResponse({ found });
    }),

    Set: write(keyOf, set),

    Delete: write(keyOf, (request: scs._DeleteRequest, cache) => {
      cache.delete(request.cache_key);
      return new scs._DeleteResponse();
    }),

    KeysExist: read(
      (request: scs._KeysExistRequest) => request.cache_keys,
      (request, cache) =>
        new scs._KeysExistResponse({
          exists: request.cache_keys.map((key) => cache.kindOf(key) !== undefined),
        }),
    ),

    Increment: write(keyOf, (request: scs._IncrementRequest, cache) => {
      const value = increment(cache.get(request.cache_key, 'scalar'), request.amount);
      // Like a set, an increment restarts the time to live.
      cache.setScalar(request.cache_key, Buffer.from(String(value)), request.ttl_milliseconds);
      return new scs._IncrementResponse({ value });
    }),
  };
}

export function get(request: scs._GetRequest, cache: Cache): scs._GetResponse {
  const cache_body = cache.get(request.cache_key, 'scalar');
  return new scs._GetResponse(cache_body === undefined ? { result: Miss } : { result: Hit, cache_body });
}

export function set(request: scs._SetRequest, cache: Cache): scs._SetResponse {
  cache.setScalar(request.cache_key, request.cache_body, request.ttl_milliseconds);
  return new scs._SetResponse({ result: Ok });
}
