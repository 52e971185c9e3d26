// On this machine gRPC speaks in plain text, and would share a connection between clients of one address: what is dropped by
// one client would then go on in another.
import assert from 'node:assert/strict';
import { GenerateDisposableTokenResponse } from '@gomomento/sdk';
import { type Momento, makeLegacyKey, startMomento } from 'local-momento';
import { apiKeyCredentials } from '../../../handlers/adapters/momento-credentials';
import { connect, type TokenService } from '../../../handlers/adapters/token-client';

describe('the clients of a Momento on this machine', () => {
  const apiKey = makeLegacyKey();
  let momento: Momento;

  before(async () => {
    momento = await startMomento({ caches: ['comments'], apiKeys: [apiKey] });
  });
  after(() => momento.close());

  const vend = async (client: TokenService): Promise<void> => {
    const may = [{ publish: 'comment' }];
    const answer = await client.vend({ userId: 'taylor', cacheName: 'comments', may, ttlMinutes: 1 });
    assert.equal(answer.type, GenerateDisposableTokenResponse.Success);
  };

  it('have a connection each, also after one of them was closed', async () => {
    const local = `127.0.0.1:${momento.port}`;
    const one = connect(apiKey, { local });
    const other = connect(apiKey, { local });
    await vend(one);
    assert.equal(momento.connections.size, 1);
    await vend(other);
    assert.equal(momento.connections.size, 2);
    one.close();
    const next = connect(apiKey, { local });
    await vend(next);
    await vend(other);
    assert.ok(momento.connections.size >= 2);
    other.close();
    next.close();
  });

  it('are made for other names of the same address, whichever kind of key it is', () => {
    const endpoints = [1, 2].map(() =>
      apiKeyCredentials(apiKey, { local: '127.0.0.1:1' }).getCacheEndpoint(),
    );
    assert.notEqual(endpoints[0], endpoints[1]);
  });
});
