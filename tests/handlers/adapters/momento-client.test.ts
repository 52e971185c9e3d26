// A Momento client whose key is wrong and is then corrected: real clients, a clock that the tests move, and a source of keys.
import assert from 'node:assert/strict';
import {
  CacheClient,
  Configurations,
  GenerateDisposableTokenResponse,
  NoopMomentoLoggerFactory,
} from '@gomomento/sdk';
import { type Momento, makeLegacyKey, startMomento } from 'local-momento';
import { Connection } from '../../../handlers/adapters/connection';
import { DOUBTED_KEY_MS, MomentoClient, REFUSED_KEY_MS } from '../../../handlers/adapters/momento-client';
import { apiKeyCredentials } from '../../../handlers/adapters/momento-credentials';
import { connect } from '../../../handlers/adapters/token-client';

const CACHE = 'comments';

describe('a client of Momento', () => {
  const apiKey = makeLegacyKey();
  /** A key of another account, which has no such cache. */
  const foreignKey = makeLegacyKey();
  let momento: Momento;
  let foreign: Momento;
  let now = 1_700_000_000_000;
  let fetches = 0;
  let key = apiKey;

  before(async () => {
    momento = await startMomento({ caches: [CACHE], apiKeys: [apiKey] });
    foreign = await startMomento({ apiKeys: [foreignKey] });
  });
  beforeEach(() => {
    momento.setApiKeys([apiKey]);
    momento.setFaults(undefined);
    fetches = 0;
    key = apiKey;
  });
  after(() => Promise.all([momento.close(), foreign.close()]));

  const source = {
    fetch: async () => {
      fetches++;
      return key;
    },
    now: () => now,
  };
  const localFor = (key: string) => `127.0.0.1:${(key === foreignKey ? foreign : momento).port}`;
  const connectCache = (key: string) => {
    const credentialProvider = apiKeyCredentials(key, { local: localFor(key) });
    const configuration = Configurations.Lambda.latest(new NoopMomentoLoggerFactory());
    return new CacheClient({ credentialProvider, configuration, defaultTtlSeconds: 60 });
  };
  const client = () => {
    const on = new MomentoClient('arn', connectCache, source);
    const put = async (cache = CACHE) =>
      (await on.call((one) => one.sortedSetPutElement(cache, 'course', 'value', 1))).type;
    return { put, close: async () => (await on.get()).close() };
  };
  const request = { userId: 'taylor', cacheName: CACHE, may: [{ publish: 'comment' }], ttlMinutes: 1 };
  const weakKey = async () => {
    const one = connect(apiKey, { local: localFor(apiKey) });
    const vended = await one.vend({ ...request, ttlMinutes: 10 });
    one.close();
    assert(vended.type === GenerateDisposableTokenResponse.Success);
    return vended.authToken;
  };

  it('takes up another key at the first call for which Momento rejects the old one', async () => {
    const { put, close } = client();
    assert.equal(await put(), 'Success');
    key = makeLegacyKey();
    momento.setApiKeys([key]);
    assert.equal(await put(), 'Success');
    assert.equal(fetches, 2);
    await close();
  });

  it('fetches a key that stays refused again at once, and then every five seconds, however many calls are refused', async () => {
    const { put, close } = client();
    key = makeLegacyKey();
    for (let second = 0; second <= 10; second++) {
      assert.deepEqual(await Promise.all([put(), put(), put()]), ['Error', 'Error', 'Error']);
      now += 1_000;
    }
    assert.equal(fetches, 1 + 1 + 1, 'to begin with, at once, and after more than five seconds');
    key = apiKey;
    now += REFUSED_KEY_MS;
    assert.equal(await put(), 'Success');
    await close();
  });

  for (const [what, wrongKey] of [
    ['is of another account, which has no such cache', async () => foreignKey],
    ['has too few rights', weakKey],
  ] as const) {
    it(`takes up within five minutes the key that replaces one that ${what}`, async () => {
      key = await wrongKey();
      const { put, close } = client();
      assert.equal(await put(), 'Error');
      key = apiKey;
      now += DOUBTED_KEY_MS;
      assert.equal(await put(), 'Error');
      assert.equal(fetches, 1);
      now += 1;
      assert.equal(await put(), 'Success');
      assert.equal(fetches, 2);
      await close();
    });
  }

  it('fetches a good key again once in five minutes if a cache is missing, and never if nothing is', async () => {
    const { put, close } = client();
    for (let minute = 0; minute < 20; minute++) {
      assert.equal(await put(), 'Success');
      now += 60_000;
    }
    assert.equal(fetches, 1);
    for (let minute = 0; minute < 20; minute++) {
      assert.equal(await put('no-such-cache'), 'Error');
      now += 60_000;
    }
    assert.ok(fetches <= 1 + 4, `${fetches} times in 20 minutes`);
    await close();
  });

  it('fetches an invalid key again at once, and then every five seconds', async () => {
    key = 'no key';
    const { put, close } = client();
    for (let call = 0; call < 10; call++) await assert.rejects(put(), { name: 'UnusableApiKey' });
    assert.equal(fetches, 1 + 1);
    key = apiKey;
    now += REFUSED_KEY_MS + 1;
    assert.equal(await put(), 'Success');
    await close();
  });

  it('takes up within five minutes the key that replaces another account’s, though that one vends tokens', async () => {
    const used: string[] = [];
    const connectTokens = (key: string) => {
      used.push(key);
      return connect(key, { local: localFor(key) });
    };
    const on = new MomentoClient('arn', connectTokens, { ...source, keyServesMs: DOUBTED_KEY_MS });
    const vend = async () => (await on.call((one) => one.vend(request))).type;
    key = foreignKey;
    assert.equal(await vend(), 'Success');
    key = apiKey;
    now += DOUBTED_KEY_MS + 1;
    assert.equal(await vend(), 'Success');
    assert.deepEqual(used, [foreignKey, apiKey]);
    (await on.get()).close();
  });

  it('that is dropped while another call is tried again ends neither that call nor the process', async () => {
    const connection = new Connection(connectCache);
    let calls = 0;
    momento.setFaults((operation) => {
      if (operation !== 'SortedSetPut' || calls++ > 0) return undefined;
      call.drop(); // while the SDK waits for the answer, after which it tries again
      return { kind: 'refuse' };
    });
    const call = connection.call(apiKey, (one) => one.sortedSetPutElement(CACHE, 'course', 'value', 1));
    assert.equal((await call.result).type, 'Success');
    assert.equal(calls, 2);
  });
});
