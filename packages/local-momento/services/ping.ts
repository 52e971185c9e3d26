// The ping that a client sends to learn whether anybody is there.
import { cache_client } from '@gomomento/generated-types/dist/cacheping';
import type { Bound, Dispatcher } from '../dispatch';

export function ping(dispatcher: Dispatcher): { Ping: Bound } {
  return {
    Ping: dispatcher.unary({ needs: () => ({ kind: 'none' }), run: () => new cache_client._PingResponse() }),
  };
}
