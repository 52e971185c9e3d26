import assert from 'node:assert/strict';
import { CollectionTtl, FailedPreconditionError, InvalidArgumentError } from '@gomomento/sdk';
import { got, refused, type Stand, stand } from './sdk';

describe('the local Momento: dictionaries', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ now: () => now });
  });
  beforeEach(async () => {
    await s.cache.flushCache('cache');
    await s.cache.dictionarySetFields('cache', 'dictionary', { a: 'A', b: 'B' });
  });
  after(() => s.close());

  const fetch = async (): Promise<Record<string, string>> =>
    got(await s.cache.dictionaryFetch('cache', 'dictionary'), 'Hit').valueRecord();

  it('set fields one by one and together, and keep the others', async () => {
    got(await s.cache.dictionarySetField('cache', 'dictionary', 'c', 'C'), 'Success');
    got(
      await s.cache.dictionarySetFields(
        'cache',
        'dictionary',
        new Map([
          ['a', 'new'],
          ['d', ''],
        ]),
      ),
      'Success',
    );
    assert.deepEqual(await fetch(), { a: 'new', b: 'B', c: 'C', d: '' });
    assert.equal(got(await s.cache.dictionaryLength('cache', 'dictionary'), 'Hit').length(), 4);
  });

  it('get one field, and a miss for a missing field as for a missing dictionary', async () => {
    assert.equal(got(await s.cache.dictionaryGetField('cache', 'dictionary', 'a'), 'Hit').value(), 'A');
    got(await s.cache.dictionaryGetField('cache', 'dictionary', 'c'), 'Miss');
    got(await s.cache.dictionaryGetField('cache', 'other', 'a'), 'Miss');
    got(await s.cache.dictionaryFetch('cache', 'other'), 'Miss');
    got(await s.cache.dictionaryLength('cache', 'other'), 'Miss');
  });

  it('get several fields, those that are there in a hit', async () => {
    const hit = got(await s.cache.dictionaryGetFields('cache', 'dictionary', ['b', 'c', 'a']), 'Hit');
    assert.deepEqual(hit.valueRecord(), { b: 'B', a: 'A' });
    assert.deepEqual(
      hit.responses.map(({ type }) => type),
      ['Hit', 'Miss', 'Hit'],
    );
    got(await s.cache.dictionaryGetFields('cache', 'other', ['a']), 'Miss');
  });

  it('tell fields and values apart by their bytes', async () => {
    const [field, value] = [new Uint8Array([0, 255]), new Uint8Array([254, 0, 1])];
    got(await s.cache.dictionarySetField('cache', 'dictionary', field, value), 'Success');
    const hit = got(await s.cache.dictionaryGetField('cache', 'dictionary', field), 'Hit');
    assert.deepEqual([...hit.valueUint8Array()], [254, 0, 1]);
    got(await s.cache.dictionaryGetField('cache', 'dictionary', new Uint8Array([0, 254])), 'Miss');
  });

  it('remove fields, and are gone when the last one is', async () => {
    got(await s.cache.dictionaryRemoveField('cache', 'dictionary', 'a'), 'Success');
    assert.deepEqual(await fetch(), { b: 'B' });
    got(await s.cache.dictionaryRemoveFields('cache', 'dictionary', ['b', 'unknown']), 'Success');
    got(await s.cache.dictionaryFetch('cache', 'dictionary'), 'Miss');
    got(await s.cache.dictionaryRemoveField('cache', 'dictionary', 'a'), 'Success');
  });

  it('increment a field, from 0 if it is missing', async () => {
    const increment = async (by?: number): Promise<number> =>
      got(await s.cache.dictionaryIncrement('cache', 'dictionary', 'n', by), 'Success').value();
    assert.deepEqual([await increment(), await increment(41), await increment(-50)], [1, 42, -8]);
    assert.deepEqual(await fetch(), { a: 'A', b: 'B', n: '-8' });
    await s.cache.dictionarySetField('cache', 'dictionary', 'n', '10');
    assert.equal(await increment(0), 10);
    refused(await s.cache.dictionaryIncrement('cache', 'dictionary', 'a'), FailedPreconditionError);
  });

  it('refresh their time to live with a write, unless that is not wanted', async () => {
    const ttl = async (): Promise<number> =>
      got(await s.cache.itemGetTtl('cache', 'dictionary'), 'Hit').remainingTtlMillis();
    const kept = { ttl: CollectionTtl.of(90).withNoRefreshTtlOnUpdates() };
    now += 1_000;
    await s.cache.dictionarySetField('cache', 'dictionary', 'a', 'new', kept);
    await s.cache.dictionaryIncrement('cache', 'dictionary', 'n', 1, kept);
    assert.equal(await ttl(), 59_000);
    await s.cache.dictionaryIncrement('cache', 'dictionary', 'n', 1, { ttl: CollectionTtl.of(90) });
    assert.equal(await ttl(), 90_000);
    now += 90_000;
    got(await s.cache.dictionaryFetch('cache', 'dictionary'), 'Miss');
  });

  it('stay as they are if a write is refused', async () => {
    const tooLong = { ttl: CollectionTtl.of(100_000) };
    refused(
      await s.cache.dictionarySetField('cache', 'dictionary', 'a', 'new', tooLong),
      InvalidArgumentError,
    );
    assert.deepEqual(await fetch(), { a: 'A', b: 'B' });
  });
});
