// Shared by the actions on cache data: the cache and keys of a call, and whether it reads or writes.
import type { Cache, Caches } from '../caches';
import type { Bound, Dispatcher } from '../dispatch';
import { invalidArgument } from '../errors';
import type { Access } from '../permissions';

type Verb = (Access & { kind: 'cache' })['verb'];

type DataAction = <Request, Response>(
  keys: (request: Request) => readonly Uint8Array[],
  run: (request: Request, cache: Cache) => Response,
) => Bound;

export interface DataActions {
  read: DataAction;
  write: DataAction;
  /** A write whose outcome reveals the old value: not for a write-only token. */
  conditional: DataAction;
}

export function dataActions(dispatcher: Dispatcher, caches: Caches): DataActions {
  const action =
    (verb: Verb): DataAction =>
    <Request, Response>(
      keys: (request: Request) => readonly Uint8Array[],
      run: (request: Request, cache: Cache) => Response,
    ) =>
      dispatcher.unary<Request, Response>({
        needs: (request, cache) => ({ kind: 'cache', verb, cache, keys: keys(request) }),
        run: (request, { cache }) => {
          if (cache === '') throw invalidArgument('The metadata names no cache');
          return run(request, caches.get(cache));
        },
      });
  return { read: action('read'), write: action('write'), conditional: action('conditional') };
}
