import assert from 'node:assert/strict';
import { makeLegacyKey, makeV2Key } from 'local-momento';
import { CACHE, providers, useMomento } from './momento';

describe('the code behind a Momento cache', () => {
  const stand = useMomento();
  const cacheIsThere = async () => (await providers.cache.read('comments', CACHE)).id === 'comments';

  it('makes it, finds it and leaves it when the resource goes', async () => {
    assert.equal(await cacheIsThere(), false);
    assert.deepEqual(await providers.cache.create(CACHE), { id: 'comments', outs: CACHE });
    assert.deepEqual(await providers.cache.read('comments', CACHE), { id: 'comments', props: CACHE });
    stand.calls = [];
    await providers.cache.delete('comments', CACHE);
    assert.deepEqual(stand.calls, []);
    assert.equal(await cacheIsThere(), true);
  });

  it('adopts one that is there already, with what is in it', async () => {
    await providers.cache.create(CACHE);
    assert.deepEqual(await providers.cache.create(CACHE), { id: 'comments', outs: CACHE });
  });

  it('deletes it if it was told to, and tolerates that it is gone', async () => {
    const owned = { ...CACHE, deleteCache: true };
    await providers.cache.create(owned);
    await providers.cache.delete('comments', owned);
    assert.equal(await cacheIsThere(), false);
    await providers.cache.delete('comments', owned);
    assert.deepEqual(stand.calls.slice(-1), ['DeleteCache']);
  });

  it('replaces it for another name; any other change is only stored, without a call', async () => {
    const diff = (change: object) => providers.cache.diff('comments', CACHE, { ...CACHE, ...change });
    assert.deepEqual(await diff({}), { changes: false, replaces: [] });
    assert.deepEqual(await diff({ cacheName: 'other' }), { changes: true, replaces: ['cacheName'] });
    for (const change of [
      { apiKey: makeLegacyKey() },
      { endpoint: 'a.example.com' },
      { deleteCache: true },
    ]) {
      assert.deepEqual(await diff(change), { changes: true, replaces: [] });
      const news = { ...CACHE, ...change };
      assert.deepEqual(await providers.cache.update('comments', CACHE, news), { outs: news });
    }
    assert.deepEqual(stand.calls, []);
  });

  it('takes a v2 key with its endpoint', async () => {
    const apiKey = makeV2Key();
    stand.momento.setApiKeys([apiKey]);
    await providers.cache.create({ ...CACHE, apiKey, endpoint: 'cell-1.example.com' });
    assert.deepEqual(stand.calls, ['CreateCache']);
  });
});
