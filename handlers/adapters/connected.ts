import type { Client } from '@grpc/grpc-js';

/** Resolves when a gRPC client is connected. Rejects if it is not within `withinMs` milliseconds. */
export function connected(client: Client, withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + withinMs, (error) => (error ? reject(error) : resolve()));
  });
}
