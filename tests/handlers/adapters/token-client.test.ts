import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import {
  CacheClient,
  Configurations,
  GenerateDisposableTokenResponse,
  MomentoErrorCode,
  TopicClient,
  TopicConfigurations,
  TopicSubscribe,
} from '@gomomento/sdk';
import { makeLegacyKey, startMomento } from 'local-momento';
import { tokenCredentials } from '../../../handlers/adapters/momento-credentials';
import { connect } from '../../../handlers/adapters/token-client';
import type { Permission } from '../../../handlers/core/user-token';

const CACHE = 'comments';
const REQUEST = { userId: 'taylor', cacheName: CACHE, may: [{ publish: 'comment' }], ttlMinutes: 1 };

describe('a client for tokens', () => {
  it('leaves no connection behind, as the SDK’s own would for half an hour', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    const refused = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '7' };
    server.on('stream', (stream) => stream.respond(refused, { endStream: true }));
    await once(server, 'listening');
    const address = server.address();
    assert(address && typeof address === 'object');
    try {
      const client = connect(makeLegacyKey(), { local: `127.0.0.1:${address.port}` });
      const answered = client.vend(REQUEST);
      const [session] = await once(server, 'session');
      const answer = await answered;
      assert(answer.type === GenerateDisposableTokenResponse.Error);
      assert.equal(answer.errorCode(), MomentoErrorCode.PERMISSION_ERROR);
      client.close();
      await once(session, 'close');
    } finally {
      server.close();
    }
  });

  it('vends tokens that may do each thing that is asked for, by its exact name, and nothing else', async () => {
    const apiKey = makeLegacyKey();
    const momento = await startMomento({ caches: [CACHE, 'other'], apiKeys: [apiKey] });
    const local = `127.0.0.1:${momento.port}`;
    const client = connect(apiKey, { local });
    const may: Permission[] = [{ publish: 'in' }, { subscribe: 'out' }, { read: 'history' }];
    const vended = await client.vend({ ...REQUEST, may });
    client.close();
    assert(vended.type === GenerateDisposableTokenResponse.Success);
    const credentialProvider = tokenCredentials(vended.authToken, { local });
    const topics = new TopicClient({
      credentialProvider,
      configuration: TopicConfigurations.Default.latest(),
    });
    const cache = new CacheClient({
      credentialProvider,
      configuration: Configurations.Laptop.latest(),
      defaultTtlSeconds: 60,
    });
    const listen = { onItem() {}, onError() {} };
    try {
      const subscription = await topics.subscribe(CACHE, 'out', listen);
      const answers = {
        'publish in': await topics.publish(CACHE, 'in', 'text'),
        'publish into': await topics.publish(CACHE, 'into', 'text'),
        'publish out': await topics.publish(CACHE, 'out', 'text'),
        'publish in another cache': await topics.publish('other', 'in', 'text'),
        'subscribe out': subscription,
        'subscribe in': await topics.subscribe(CACHE, 'in', listen),
        'read history': await cache.sortedSetFetchByRank(CACHE, 'history'),
        'read history of another cache': await cache.sortedSetFetchByRank('other', 'history'),
        'read anything': await cache.get(CACHE, 'anything'),
        'write history': await cache.sortedSetPutElement(CACHE, 'history', 'value', 1),
      };
      if (subscription instanceof TopicSubscribe.Subscription) subscription.unsubscribe();
      const refused = Object.entries(answers).filter(
        ([, answer]) => 'errorCode' in answer && answer.errorCode() === MomentoErrorCode.PERMISSION_ERROR,
      );
      const allowed = ['publish in', 'subscribe out', 'read history'];
      assert.deepEqual(
        refused.map(([what]) => what),
        Object.keys(answers).filter((what) => !allowed.includes(what)),
      );
    } finally {
      cache.close();
      await momento.close();
    }
  });
});
