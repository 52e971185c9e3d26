import assert from 'node:assert/strict';
import { CacheNotFoundError, FailedPreconditionError, InvalidArgumentError } from '@gomomento/sdk';
import { got, refused, type Stand, stand } from './sdk';

describe('the local Momento: scalars', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ now: () => now });
  });
  beforeEach(() => s.cache.flushCache('cache'));
  after(() => s.close());

  const read = async (key: string): Promise<string> => got(await s.cache.get('cache', key), 'Hit').value();

  it('returns set values as text and as bytes, and a miss for other keys', async () => {
    got(await s.cache.set('cache', 'key', 'välue'), 'Success');
    assert.equal(await read('key'), 'välue');
    got(await s.cache.set('cache', new Uint8Array([0, 255]), new Uint8Array([1, 0, 254])), 'Success');
    const hit = got(await s.cache.get('cache', new Uint8Array([0, 255])), 'Hit');
    assert.deepEqual([...hit.valueUint8Array()], [1, 0, 254]);
    got(await s.cache.get('cache', 'other'), 'Miss');
  });

  it('deletes, and accepts to delete a missing key', async () => {
    await s.cache.set('cache', 'key', 'value');
    got(await s.cache.delete('cache', 'key'), 'Success');
    got(await s.cache.get('cache', 'key'), 'Miss');
    got(await s.cache.delete('cache', 'key'), 'Success');
  });

  it('says which keys exist, in the order they were asked for', async () => {
    await s.cache.set('cache', 'a', '1');
    assert.deepEqual(got(await s.cache.keysExist('cache', ['b', 'a']), 'Success').exists(), [false, true]);
    assert.equal(got(await s.cache.keyExists('cache', 'a'), 'Success').exists(), true);
  });

  it('increments and decrements missing and existing values, but only integers', async () => {
    assert.equal(got(await s.cache.increment('cache', 'n'), 'Success').value(), 1);
    assert.equal(got(await s.cache.increment('cache', 'n', 41), 'Success').value(), 42);
    assert.equal(got(await s.cache.increment('cache', 'n', -42), 'Success').value(), 0);
    assert.equal(await read('n'), '0');
    await s.cache.set('cache', 'text', 'one');
    refused(await s.cache.increment('cache', 'text'), FailedPreconditionError);
  });

  describe('conditional sets', () => {
    const cases: [
      name: string,
      stored: string | undefined,
      set: () => Promise<{ type: string }>,
      stores: boolean,
    ][] = [
      ['if absent, where there is nothing', undefined, () => s.cache.setIfAbsent('cache', 'k', 'new'), true],
      ['if absent, where there is a value', 'old', () => s.cache.setIfAbsent('cache', 'k', 'new'), false],
      [
        'if not exists, where there is a value',
        'old',
        () => s.cache.setIfNotExists('cache', 'k', 'new'),
        false,
      ],
      [
        'if present, where there is nothing',
        undefined,
        () => s.cache.setIfPresent('cache', 'k', 'new'),
        false,
      ],
      ['if present, where there is a value', 'old', () => s.cache.setIfPresent('cache', 'k', 'new'), true],
      ['if equal, where it is', 'old', () => s.cache.setIfEqual('cache', 'k', 'new', 'old'), true],
      ['if equal, where it is another', 'old', () => s.cache.setIfEqual('cache', 'k', 'new', 'x'), false],
      [
        'if equal, where there is nothing',
        undefined,
        () => s.cache.setIfEqual('cache', 'k', 'new', ''),
        false,
      ],
      [
        'if not equal, where it is another',
        'old',
        () => s.cache.setIfNotEqual('cache', 'k', 'new', 'x'),
        true,
      ],
      ['if not equal, where it is', 'old', () => s.cache.setIfNotEqual('cache', 'k', 'new', 'old'), false],
      [
        'if not equal, where there is nothing',
        undefined,
        () => s.cache.setIfNotEqual('cache', 'k', 'new', 'x'),
        true,
      ],
      [
        'if present and not equal, where there is nothing',
        undefined,
        () => s.cache.setIfPresentAndNotEqual('cache', 'k', 'new', 'x'),
        false,
      ],
      [
        'if present and not equal, where it is another',
        'old',
        () => s.cache.setIfPresentAndNotEqual('cache', 'k', 'new', 'x'),
        true,
      ],
      [
        'if absent or equal, where there is nothing',
        undefined,
        () => s.cache.setIfAbsentOrEqual('cache', 'k', 'new', 'x'),
        true,
      ],
      [
        'if absent or equal, where it is another',
        'old',
        () => s.cache.setIfAbsentOrEqual('cache', 'k', 'new', 'x'),
        false,
      ],
    ];
    for (const [name, stored, set, stores] of cases) {
      it(`${stores ? 'store' : 'do not store'} ${name}`, async () => {
        if (stored !== undefined) await s.cache.set('cache', 'k', stored);
        assert.equal((await set()).type, stores ? 'Stored' : 'NotStored');
        const after = await s.cache.get('cache', 'k');
        assert.equal(after.type === 'Hit' ? after.value() : undefined, stores ? 'new' : stored);
      });
    }

    it('store by the hash that a read or a write returned', async () => {
      const hash = got(await s.cache.setWithHash('cache', 'k', 'one'), 'Stored').hashUint8Array();
      const hit = got(await s.cache.getWithHash('cache', 'k'), 'Hit');
      assert.deepEqual([hit.valueString(), hit.hashUint8Array()], ['one', hash]);
      got(await s.cache.setIfPresentAndHashNotEqual('cache', 'k', 'two', hash), 'NotStored');
      got(await s.cache.setIfPresentAndHashEqual('cache', 'k', 'two', hash), 'Stored');
      got(await s.cache.setIfAbsentOrHashEqual('cache', 'k', 'three', hash), 'NotStored');
      got(await s.cache.setIfAbsentOrHashNotEqual('cache', 'k', 'three', hash), 'Stored');
      got(await s.cache.setIfAbsentOrHashEqual('cache', 'new', 'four', hash), 'Stored');
      assert.deepEqual([await read('k'), await read('new')], ['three', 'four']);
    });
  });

  describe('time to live', () => {
    it('expires an item when it is over, and not before', async () => {
      await s.cache.set('cache', 'key', 'value', { ttl: 10 });
      now += 9_999;
      assert.equal(await read('key'), 'value');
      assert.equal(got(await s.cache.itemGetTtl('cache', 'key'), 'Hit').remainingTtlMillis(), 1);
      now += 1;
      got(await s.cache.get('cache', 'key'), 'Miss');
      got(await s.cache.itemGetTtl('cache', 'key'), 'Miss');
    });

    it('is set, increased and decreased, and never changed in the other direction', async () => {
      await s.cache.set('cache', 'key', 'value', { ttl: 10 });
      got(await s.cache.increaseTtl('cache', 'key', 5_000), 'NotSet');
      got(await s.cache.increaseTtl('cache', 'key', 20_000), 'Set');
      got(await s.cache.decreaseTtl('cache', 'key', 30_000), 'NotSet');
      got(await s.cache.decreaseTtl('cache', 'key', 3_000), 'Set');
      got(await s.cache.updateTtl('cache', 'key', 7_000), 'Set');
      assert.equal(got(await s.cache.itemGetTtl('cache', 'key'), 'Hit').remainingTtlMillis(), 7_000);
      got(await s.cache.updateTtl('cache', 'other', 7_000), 'Miss');
    });

    it('is refused above a day', async () => {
      got(await s.cache.set('cache', 'key', 'value', { ttl: 86_400 }), 'Success');
      refused(await s.cache.set('cache', 'key', 'value', { ttl: 86_401 }), InvalidArgumentError);
    });
  });

  it('answers not found for an unknown cache', async () => {
    refused(await s.cache.get('nowhere', 'key'), CacheNotFoundError);
    refused(await s.cache.set('nowhere', 'key', 'value'), CacheNotFoundError);
  });
});
