// Every conditional set of a scalar, by its value and by its hash.
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import type { Bound } from '../dispatch';
import { invalidArgument } from '../errors';
import type { DataActions } from './data';
import { hashOf } from './scalars';

const keyOf = (request: { cache_key: Uint8Array }): Uint8Array[] => [request.cache_key];

export function setIf({ conditional }: DataActions): Record<string, Bound> {
  return {
    SetIf: conditional(keyOf, (request: scs._SetIfRequest, cache) => {
      const holds = valueCondition(request, cache.get(request.cache_key, 'scalar'));
      if (!holds) return new scs._SetIfResponse({ not_stored: new scs._SetIfResponse._NotStored() });
      cache.setScalar(request.cache_key, request.cache_body, request.ttl_milliseconds);
      return new scs._SetIfResponse({ stored: new scs._SetIfResponse._Stored() });
    }),

    SetIfNotExists: conditional(keyOf, (request: scs._SetIfNotExistsRequest, cache) => {
      if (cache.get(request.cache_key, 'scalar') !== undefined) {
        return new scs._SetIfNotExistsResponse({ not_stored: new scs._SetIfNotExistsResponse._NotStored() });
      }
      cache.setScalar(request.cache_key, request.cache_body, request.ttl_milliseconds);
      return new scs._SetIfNotExistsResponse({ stored: new scs._SetIfNotExistsResponse._Stored() });
    }),

    SetIfHash: conditional(keyOf, (request: scs._SetIfHashRequest, cache) => {
      const holds = hashCondition(request, cache.get(request.cache_key, 'scalar'));
      if (!holds) return new scs._SetIfHashResponse({ not_stored: new scs._SetIfHashResponse._NotStored() });
      cache.setScalar(request.cache_key, request.cache_body, request.ttl_milliseconds);
      const stored = new scs._SetIfHashResponse._Stored({ new_hash: hashOf(request.cache_body) });
      return new scs._SetIfHashResponse({ stored });
    }),
  };
}

function valueCondition(request: scs._SetIfRequest, stored: Uint8Array | undefined): boolean {
  const is = (value: Uint8Array): boolean => stored !== undefined && Buffer.compare(stored, value) === 0;
  switch (request.condition) {
    case 'absent':
      return stored === undefined;
    case 'present':
      return stored !== undefined;
    case 'equal':
      return is(request.equal.value_to_check);
    case 'not_equal':
      return !is(request.not_equal.value_to_check);
    case 'present_and_not_equal':
      return stored !== undefined && !is(request.present_and_not_equal.value_to_check);
    case 'absent_or_equal':
      return stored === undefined || is(request.absent_or_equal.value_to_check);
    case 'none':
      throw invalidArgument('SetIf without a condition');
  }
}

function hashCondition(request: scs._SetIfHashRequest, stored: Uint8Array | undefined): boolean {
  const is = (hash: Uint8Array): boolean =>
    stored !== undefined && Buffer.compare(hashOf(stored), hash) === 0;
  switch (request.condition) {
    case 'unconditional':
      return true;
    case 'present_and_hash_equal':
      return is(request.present_and_hash_equal.hash_to_check);
    case 'present_and_not_hash_equal':
      return stored !== undefined && !is(request.present_and_not_hash_equal.hash_to_check);
    case 'absent_or_hash_equal':
      return stored === undefined || is(request.absent_or_hash_equal.hash_to_check);
    case 'absent_or_not_hash_equal':
      return !is(request.absent_or_not_hash_equal.hash_to_check);
    case 'none':
      throw invalidArgument('SetIfHash without a condition');
  }
}
