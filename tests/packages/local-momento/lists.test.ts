import assert from 'node:assert/strict';
import { CollectionTtl } from '@gomomento/sdk';
import { got, type Stand, stand } from './sdk';

describe('the local Momento: lists', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ now: () => now });
  });
  beforeEach(async () => {
    await s.cache.flushCache('cache');
    await s.cache.listConcatenateBack('cache', 'list', ['a', 'b', 'c', 'd']);
  });
  after(() => s.close());

  const fetch = async (range?: { startIndex?: number; endIndex?: number }): Promise<string[]> =>
    got(await s.cache.listFetch('cache', 'list', range), 'Hit').valueList();

  it('pushes and concatenates at both ends, and returns the length', async () => {
    assert.equal(got(await s.cache.listPushFront('cache', 'list', 'z'), 'Success').listLength(), 5);
    assert.equal(got(await s.cache.listPushBack('cache', 'list', 'e'), 'Success').listLength(), 6);
    assert.equal(
      got(await s.cache.listConcatenateFront('cache', 'list', ['x', 'y']), 'Success').listLength(),
      8,
    );
    assert.deepEqual(await fetch(), ['x', 'y', 'z', 'a', 'b', 'c', 'd', 'e']);
    assert.equal(got(await s.cache.listLength('cache', 'list'), 'Hit').length(), 8);
  });

  it('cuts the other end if a push makes it too long', async () => {
    await s.cache.listPushBack('cache', 'list', 'e', { truncateFrontToSize: 3 });
    assert.deepEqual(await fetch(), ['c', 'd', 'e']);
    await s.cache.listPushFront('cache', 'list', 'b', { truncateBackToSize: 2 });
    assert.deepEqual(await fetch(), ['b', 'c']);
  });

  it('fetches from an inclusive start to an exclusive end, negative ones counted from the end', async () => {
    assert.deepEqual(await fetch({ startIndex: 1, endIndex: 3 }), ['b', 'c']);
    assert.deepEqual(await fetch({ startIndex: -2 }), ['c', 'd']);
    assert.deepEqual(await fetch({ endIndex: -3 }), ['a']);
    got(await s.cache.listFetch('cache', 'other'), 'Miss');
  });

  it('misses with an empty range, as with a missing list', async () => {
    got(await s.cache.listFetch('cache', 'list', { startIndex: 9 }), 'Miss');
    got(await s.cache.listFetch('cache', 'list', { endIndex: -4 }), 'Miss');
    got(await s.cache.listFetch('cache', 'list', { startIndex: -1, endIndex: -3 }), 'Miss');
    assert.deepEqual(await fetch(), ['a', 'b', 'c', 'd']);
  });

  it('pops at both ends, and is gone when empty', async () => {
    assert.equal(got(await s.cache.listPopFront('cache', 'list'), 'Hit').valueString(), 'a');
    assert.equal(got(await s.cache.listPopBack('cache', 'list'), 'Hit').valueString(), 'd');
    await s.cache.listPopBack('cache', 'list');
    await s.cache.listPopBack('cache', 'list');
    got(await s.cache.listPopBack('cache', 'list'), 'Miss');
    got(await s.cache.listLength('cache', 'list'), 'Miss');
  });

  it('removes every element of a value', async () => {
    await s.cache.listPushBack('cache', 'list', 'a');
    got(await s.cache.listRemoveValue('cache', 'list', 'a'), 'Success');
    assert.deepEqual(await fetch(), ['b', 'c', 'd']);
  });

  it('retains a range', async () => {
    got(await s.cache.listRetain('cache', 'list', { startIndex: 1, endIndex: -1 }), 'Success');
    assert.deepEqual(await fetch(), ['b', 'c']);
  });

  it('refreshes the time to live with a push, unless that is not wanted', async () => {
    const ttl = async (): Promise<number> =>
      got(await s.cache.itemGetTtl('cache', 'list'), 'Hit').remainingTtlMillis();
    now += 1_000;
    await s.cache.listPushBack('cache', 'list', 'e', {
      ttl: CollectionTtl.of(90).withNoRefreshTtlOnUpdates(),
    });
    assert.equal(await ttl(), 59_000);
    await s.cache.listPushBack('cache', 'list', 'e', { ttl: CollectionTtl.of(90) });
    assert.equal(await ttl(), 90_000);
  });

  it('keeps a list unchanged if a push is refused', async () => {
    const refused = await s.cache.listPushBack('cache', 'list', 'e', { ttl: CollectionTtl.of(100_000) });
    assert.equal(refused.type, 'Error');
    assert.deepEqual(await fetch(), ['a', 'b', 'c', 'd']);
  });
});
