import assert from 'node:assert/strict';
import { request } from 'node:http';
import { ServerUnavailableError } from '@gomomento/sdk';
import { startMomento } from 'local-momento';
import { got, refused, type Stand, stand } from './sdk';
import { endSubscriptions, subscribe } from './subscriptions';

describe('the local Momento: the admin port', () => {
  let s: Stand;
  before(async () => {
    s = await stand({ adminPort: 0, heartbeatMs: 20 });
  });
  afterEach(endSubscriptions);
  after(() => s.close());

  const ask = async (path: string, method = 'GET'): Promise<[number, string]> => {
    const answer = await fetch(`http://127.0.0.1:${s.momento.adminPort}${path}`, { method });
    return [answer.status, await answer.text()];
  };

  it('cuts the network with /block and joins it with /unblock: the SDK’s subscription goes on after it', async () => {
    const { lost, heartbeats, items } = await subscribe(s.topics, 'topic');
    await heartbeats.next();
    assert.deepEqual(await ask('/block'), [200, 'blocked\n']);
    await lost.next();
    refused(await s.cache.listPushBack('cache', 'list', 'a'), ServerUnavailableError);
    assert.deepEqual(await ask('//unblock', 'POST'), [200, 'unblocked\n']);
    const before = heartbeats.size;
    for (let more = 0; more <= before; more += 1) await heartbeats.next();
    got(await s.topics.publish('cache', 'topic', 'back'), 'Success');
    assert.equal((await items.next()).valueString(), 'back');
  });

  it('says what it has, and answers no web page from elsewhere', async () => {
    assert.deepEqual(await ask('/stop'), [404, 'There are /block and /unblock\n']);
    const asked = (headers: Record<string, string>) =>
      new Promise((resolve) => {
        request({ port: s.momento.adminPort, host: '127.0.0.1', path: '/block', headers }, (answer) => {
          resolve(answer.resume().statusCode);
        }).end();
      });
    assert.equal(await asked({ host: 'rebound.example' }), 403);
    assert.equal(await asked({ origin: 'https://elsewhere.example' }), 403);
    assert.equal(await asked({ 'sec-fetch-site': 'cross-site' }), 403, 'an image has no origin');
    got(await s.cache.get('cache', 'key'), 'Miss');
  });

  it('leaves nothing open if it is taken', async () => {
    await assert.rejects(startMomento({ adminPort: s.momento.adminPort }), { code: 'EADDRINUSE' });
  });
});
