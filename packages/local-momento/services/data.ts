// Shared by the actions on cache data: the cache and keys of a call, and whether it reads or writes.
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Cache, Caches } from '../caches';
import type { Bound, Dispatcher } from '../dispatch';
import { invalidArgument } from '../errors';
import type { Access } from '../permissions';

type Verb = (Access & { kind: 'cache' })['verb'];
type Keys<Request> = (request: Request) => readonly Uint8Array[];

type DataAction = <Request, Response>(
  keys: Keys<Request>,
  run: (request: Request, cache: Cache) => Response,
  /** Other keys that it only reads. */
  sources?: Keys<Request>,
) => Bound;

/** Answers with a stream of responses. */
type BatchAction = <Request, Response>(
  keys: Keys<Request>,
  run: (request: Request, cache: Cache) => readonly Response[],
) => Bound;

export interface DataActions {
  read: DataAction;
  write: DataAction;
  /** A write whose outcome reveals the old value: not for a write-only token. */
  conditional: DataAction;
  readBatch: BatchAction;
  writeBatch: BatchAction;
}

export function dataActions(dispatcher: Dispatcher, caches: Caches): DataActions {
  const named = (cache: string): Cache => {
    if (cache === '') throw invalidArgument('The metadata names no cache');
    return caches.get(cache);
  };
  const action =
    (verb: Verb): DataAction =>
    <Request, Response>(
      keys: Keys<Request>,
      run: (request: Request, cache: Cache) => Response,
      sources?: Keys<Request>,
    ) =>
      dispatcher.unary<Request, Response>({
        needs: (request, cache) => ({
          kind: 'cache',
          verb,
          cache,
          keys: keys(request),
          sources: sources?.(request),
        }),
        run: (request, { cache }) => run(request, named(cache)),
      });
  const batch =
    (verb: Verb): BatchAction =>
    <Request, Response>(keys: Keys<Request>, run: (request: Request, cache: Cache) => readonly Response[]) =>
      dispatcher.stream<Request, Response>({
        needs: (request, cache) => ({ kind: 'cache', verb, cache, keys: keys(request) }),
        run: (request, { cache }) => {
          const responses = run(request, named(cache));
          return (stream) => send(responses, stream);
        },
      });
  return {
    read: action('read'),
    write: action('write'),
    conditional: action('conditional'),
    readBatch: batch('read'),
    writeBatch: batch('write'),
  };
}

function send<Response>(
  responses: readonly Response[],
  stream: ServerWritableStream<unknown, Response>,
): void {
  for (const response of responses) stream.write(response);
  stream.end();
}
