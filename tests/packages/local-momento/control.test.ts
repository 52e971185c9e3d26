import assert from 'node:assert/strict';
import { CacheNotFoundError } from '@gomomento/sdk';
import { got, refused, type Stand, stand } from './sdk';

describe('the local Momento: caches', () => {
  let s: Stand;
  before(async () => {
    s = await stand({ caches: ['there'] });
  });
  after(() => s.close());

  const names = async (): Promise<string[]> =>
    got(await s.cache.listCaches(), 'Success')
      .getCaches()
      .map((cache) => cache.getName());

  it('are created once, listed with their limits, and deleted', async () => {
    got(await s.cache.createCache('new'), 'Success');
    got(await s.cache.createCache('new'), 'AlreadyExists');
    assert.deepEqual(await names(), ['there', 'new']);
    const [cache] = got(await s.cache.listCaches(), 'Success').getCaches();
    assert.equal(cache?.getCacheLimits().maxTtlSeconds, 86_400);
    assert.equal(cache?.getTopicLimits().maxPublishMessageSizeKb, 4);
    got(await s.cache.deleteCache('new'), 'Success');
    refused(await s.cache.deleteCache('new'), CacheNotFoundError);
    assert.deepEqual(await names(), ['there']);
  });

  it('lose their items when flushed, and when deleted and created again', async () => {
    await s.cache.createCache('flushed');
    await s.cache.set('flushed', 'key', 'value');
    got(await s.cache.flushCache('flushed'), 'Success');
    got(await s.cache.get('flushed', 'key'), 'Miss');
    await s.cache.set('flushed', 'key', 'value');
    await s.cache.deleteCache('flushed');
    await s.cache.createCache('flushed');
    got(await s.cache.get('flushed', 'key'), 'Miss');
    refused(await s.cache.flushCache('nowhere'), CacheNotFoundError);
  });

  it('keep their items apart', async () => {
    await s.cache.createCache('a');
    await s.cache.createCache('b');
    await s.cache.set('a', 'key', 'value');
    got(await s.cache.get('b', 'key'), 'Miss');
  });
});
