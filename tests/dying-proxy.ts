// The thread of `DyingConnections`: passes bytes on, both ways, until it is told how its connections die.
import { connect, createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Death, Die } from './dying-connections';

const alive = new Map<Socket, Socket>();

const server = createServer({ allowHalfOpen: true }, (client) => {
  const upstream = connect(Number(workerData), '127.0.0.1');
  alive.set(client, upstream);
  upstream.on('data', (bytes) => client.write(bytes));
  upstream.on('close', () => alive.has(client) && client.destroy());
  upstream.on('error', () => undefined);
  client.on('data', (bytes) => alive.has(client) && upstream.write(bytes));
  client.on('end', () => client.end());
  client.on('error', () => undefined);
  client.on('close', () => {
    alive.delete(client);
    upstream.destroy();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage(address !== null && typeof address === 'object' ? address.port : 0);
});

parentPort?.on('message', async ({ death, done }: Die) => {
  const dying = [...alive];
  alive.clear();
  await Promise.all(dying.map(([client, upstream]) => die(client, upstream, death)));
  Atomics.store(done, 0, dying.length + 1);
  Atomics.notify(done, 0);
});

async function die(client: Socket, upstream: Socket, death: Death): Promise<void> {
  upstream.destroy();
  if (death !== 'silence') client.on('data', () => client.resetAndDestroy());
  if (death === 'fin' || death === 'fin-rst') await new Promise<void>((sent) => client.end(sent));
  if (death === 'fin-rst') client.resetAndDestroy();
}
