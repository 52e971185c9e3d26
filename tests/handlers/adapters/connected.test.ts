import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Client, credentials } from '@grpc/grpc-js';
import { startMomento } from 'local-momento';
import { connected } from '../../../handlers/adapters/connected';

/** Longer than a test may take. */
const AN_HOUR_MS = 3_600_000;

describe('the wait for a connection', () => {
  it('ends as soon as there is one', async () => {
    const momento = await startMomento();
    const client = new Client(`127.0.0.1:${momento.port}`, credentials.createInsecure());
    try {
      await connected(client, AN_HOUR_MS);
    } finally {
      client.close();
      await momento.close();
    }
  });

  it('fails at once where the port is closed', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert(address && typeof address === 'object');
    server.close();
    await once(server, 'close');
    const client = new Client(`127.0.0.1:${address.port}`, credentials.createInsecure());
    try {
      await assert.rejects(connected(client, AN_HOUR_MS), /cannot connect/);
    } finally {
      client.close();
    }
  });

  it('fails when its time is over', async () => {
    const accepted: Socket[] = [];
    const server = createServer((socket) => accepted.push(socket)).listen(0, '127.0.0.1'); // says nothing
    await once(server, 'listening');
    const address = server.address();
    assert(address && typeof address === 'object');
    const client = new Client(`127.0.0.1:${address.port}`, credentials.createInsecure());
    try {
      await assert.rejects(connected(client, 20), /Deadline/);
    } finally {
      client.close();
      for (const socket of accepted) socket.destroy();
      server.close();
    }
  });
});
