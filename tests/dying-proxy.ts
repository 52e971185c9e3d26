// The thread of `DyingConnections`: passes bytes on, both ways, until it is told how its connections die, or to take no more.
import { connect, createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Death, Order } from './dying-connections';

const alive = new Map<Socket, Socket>();
let accepted = 0;
let port = 0;

const server = createServer({ allowHalfOpen: true }, (client) => {
  const upstream = connect(Number(workerData), '127.0.0.1');
  accepted++;
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
  if (address !== null && typeof address === 'object') port = address.port;
  parentPort?.postMessage(port);
});

parentPort?.on('message', async ({ order, done }: { order: Order; done: Int32Array }) => {
  Atomics.store(done, 0, (await carriedOut(order)) + 1);
  Atomics.notify(done, 0);
});

async function carriedOut(order: Order): Promise<number> {
  if (order === 'count') return accepted;
  if (order === 'refuse') {
    server.close();
    return 0;
  }
  if (order === 'accept') {
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    return 0;
  }
  const dying = [...alive];
  alive.clear();
  await Promise.all(dying.map(([client, upstream]) => die(client, upstream, order)));
  return dying.length;
}

async function die(client: Socket, upstream: Socket, death: Death): Promise<void> {
  upstream.destroy();
  if (death !== 'silence') client.on('data', () => client.resetAndDestroy());
  if (death === 'fin' || death === 'fin-rst') await new Promise<void>((sent) => client.end(sent));
  if (death === 'fin-rst') client.resetAndDestroy();
}
