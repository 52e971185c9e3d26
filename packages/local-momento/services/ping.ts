// The ping by which a client checks that the server is there.
import { cache_client } from '@gomomento/generated-types/dist/cacheping';
import type { Bound, Dispatcher } from '../dispatch';

export function ping(dispatcher: Dispatcher): { Ping: Bound } {
  return {
    Ping: dispatcher.unary({ needs: () => ({ kind: 'none' }), run: () => new cache_client._PingResponse() }),
  };
}
