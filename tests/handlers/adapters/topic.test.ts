import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { makeLegacyKey, startMomento } from 'local-momento';
import { Topic } from '../../../handlers/adapters/topic';
import { Unavailable } from '../../../handlers/core/errors';

/** Passes bytes on, both ways, until its open connections are made dead: they stay open, but nothing passes any more. */
function proxyTo(port: number) {
  const alive = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const ways: [Socket, Socket][] = [
      [client, upstream],
      [upstream, client],
    ];
    for (const [from, to] of ways) {
      alive.add(from);
      from.on('data', (bytes) => alive.has(from) && to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
    }
  });
  return { server, letDie: () => alive.clear() };
}

describe('a topic', () => {
  it('is published to over a new connection after one died unnoticed, as while a function is frozen', async () => {
    const apiKey = makeLegacyKey();
    const momento = await startMomento({ caches: ['comments'], apiKeys: [apiKey] });
    const { server, letDie } = proxyTo(momento.port);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    assert(address && typeof address === 'object');
    const topic = new Topic({
      cacheName: 'comments',
      topicName: 'comment',
      local: `127.0.0.1:${address.port}`,
    });
    try {
      await topic.publish('first', apiKey, Date.now() + 10_000);
      letDie();
      await assert.rejects(topic.publish('second', apiKey, Date.now() + 200), Unavailable);
      await topic.publish('third', apiKey, Date.now() + 10_000);
    } finally {
      server.close();
      await momento.close();
    }
  });
});
