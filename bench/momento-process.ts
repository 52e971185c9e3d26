// The process of a server whose load is measured: the local Momento, or a gRPC server that answers the same calls and does nothing.
// Usage: momento-process.ts ours|bare; it sends its port to its parent.
import { cache_client } from '@gomomento/generated-types/dist/cacheclient';
import { cache_client as cache_pubsub } from '@gomomento/generated-types/dist/cachepubsub';
import { common } from '@gomomento/generated-types/dist/common';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { startMomento } from 'local-momento';

import pubsub = cache_pubsub.pubsub;

function startBare(): Promise<{ port: number }> {
  const server = new Server();
  const streams = new Set<ServerWritableStream<pubsub._SubscriptionRequest, pubsub._SubscriptionItem>>();
  const stored = new cache_client._SetResponse();
  const heartbeat = new pubsub._SubscriptionItem({ heartbeat: new pubsub._Heartbeat() });
  const put: handleUnaryCall<cache_client._SetRequest, cache_client._SetResponse> = (_call, done) =>
    done(null, stored);
  const Subscribe: handleServerStreamingCall<pubsub._SubscriptionRequest, pubsub._SubscriptionItem> = (
    call,
  ) => {
    streams.add(call);
    call.once('cancelled', () => streams.delete(call));
    call.write(heartbeat);
  };
  const Publish: handleUnaryCall<pubsub._PublishRequest, common._Empty> = ({ request: { value } }, done) => {
    const item = new pubsub._SubscriptionItem({ item: new pubsub._TopicItem({ value }) });
    for (const stream of streams) stream.write(item);
    done(null, new common._Empty());
  };
  server.addService(cache_client.UnimplementedScsService.definition, { Set: put });
  server.addService(pubsub.UnimplementedPubsubService.definition, { Subscribe, Publish });
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve({ port }),
    ),
  );
}

async function main(): Promise<void> {
  const { port } = await (process.argv[2] === 'ours' ? startMomento({ caches: ['cache'] }) : startBare());
  process.send?.(port);
}

void main();
