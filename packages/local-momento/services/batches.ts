// Batches of scalars: get and set, one answer for each item, in the order of the request.
import { cache_client as scs } from '@gomomento/generated-types/dist/cacheclient';
import type { Bound } from '../dispatch';
import { MomentoError } from '../errors';
import type { DataActions } from './data';
import { get, set } from './scalars';

const { Invalid } = scs.ECacheResult;

const keysOf = (request: { items: { cache_key: Uint8Array }[] }): Uint8Array[] =>
  request.items.map(({ cache_key }) => cache_key);

export function batches({ readBatch, writeBatch }: DataActions): Record<string, Bound> {
  return {
    GetBatch: readBatch(keysOf, (request: scs._GetBatchRequest, cache) =>
      request.items.map((item) =>
        attempt(
          () => get(item, cache),
          (message) => new scs._GetResponse({ result: Invalid, message }),
        ),
      ),
    ),

    SetBatch: writeBatch(keysOf, (request: scs._SetBatchRequest, cache) =>
      request.items.map((item) =>
        attempt(
          () => set(item, cache),
          (message) => new scs._SetResponse({ result: Invalid, message }),
        ),
      ),
    ),
  };
}

/** A refused item does not keep the others from their answers. */
function attempt<Response>(run: () => Response, refused: (message: string) => Response): Response {
  try {
    return run();
  } catch (error) {
    if (error instanceof MomentoError) return refused(error.message);
    throw error;
  }
}
