// What every kind of item has: a type, a time to live, and one key for it alone.
import assert from 'node:assert/strict';
import { type CacheClient, FailedPreconditionError, ItemType } from '@gomomento/sdk';
import { got, refused, type Stand, stand } from './sdk';

interface Kind {
  type: ItemType;
  put(cache: CacheClient): Promise<{ type: string }>;
  read(cache: CacheClient): Promise<{ type: string }>;
}

const KINDS: Record<string, Kind> = {
  scalar: {
    type: ItemType.SCALAR,
    put: (cache) => cache.set('cache', 'key', 'a'),
    read: (cache) => cache.get('cache', 'key'),
  },
  dictionary: {
    type: ItemType.DICTIONARY,
    put: (cache) => cache.dictionarySetField('cache', 'key', 'a', 'A'),
    read: (cache) => cache.dictionaryFetch('cache', 'key'),
  },
  set: {
    type: ItemType.SET,
    put: (cache) => cache.setAddElement('cache', 'key', 'a'),
    read: (cache) => cache.setFetch('cache', 'key'),
  },
  list: {
    type: ItemType.LIST,
    put: (cache) => cache.listPushBack('cache', 'key', 'a'),
    read: (cache) => cache.listFetch('cache', 'key'),
  },
  sortedSet: {
    type: ItemType.SORTED_SET,
    put: (cache) => cache.sortedSetPutElement('cache', 'key', 'a', 1),
    read: (cache) => cache.sortedSetFetchByRank('cache', 'key'),
  },
};

describe('the local Momento: items of every kind', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ now: () => now });
  });
  beforeEach(() => s.cache.flushCache('cache'));
  after(() => s.close());

  for (const [name, { type, put, read }] of Object.entries(KINDS)) {
    describe(`a ${name}`, () => {
      beforeEach(async () => {
        assert.equal((await put(s.cache)).type, 'Success');
      });

      const ttl = async (): Promise<number> =>
        got(await s.cache.itemGetTtl('cache', 'key'), 'Hit').remainingTtlMillis();

      it('says what it is', async () => {
        assert.equal(got(await s.cache.itemGetType('cache', 'key'), 'Hit').itemType(), type);
        got(await s.cache.itemGetType('cache', 'other'), 'Miss');
      });

      it('cannot be read or written as another kind', async () => {
        for (const [other, as] of Object.entries(KINDS)) {
          if (other === name) continue;
          refused(await as.read(s.cache), FailedPreconditionError);
          if (other !== 'scalar') refused(await as.put(s.cache), FailedPreconditionError);
        }
      });

      it('has a time to live that can be set, increased and decreased', async () => {
        assert.equal(await ttl(), 60_000);
        got(await s.cache.updateTtl('cache', 'key', 20_000), 'Set');
        got(await s.cache.increaseTtl('cache', 'key', 10_000), 'NotSet');
        got(await s.cache.increaseTtl('cache', 'key', 30_000), 'Set');
        got(await s.cache.decreaseTtl('cache', 'key', 40_000), 'NotSet');
        got(await s.cache.decreaseTtl('cache', 'key', 10_000), 'Set');
        assert.equal(await ttl(), 10_000);
        now += 10_000;
        assert.equal((await read(s.cache)).type, 'Miss');
        got(await s.cache.itemGetTtl('cache', 'key'), 'Miss');
      });

      it('has less left than it was given as soon as any time has passed', async () => {
        now += 0.25;
        assert.equal(await ttl(), 59_999);
      });

      it('exists until it is deleted', async () => {
        const exists = async (): Promise<boolean> =>
          got(await s.cache.keyExists('cache', 'key'), 'Success').exists();
        assert.equal(await exists(), true);
        got(await s.cache.delete('cache', 'key'), 'Success');
        assert.equal(await exists(), false);
        assert.equal((await read(s.cache)).type, 'Miss');
      });
    });
  }
});

describe('the local Momento: the time to live by the clock of this machine', () => {
  let s: Stand;
  before(async () => {
    s = await stand();
  });
  after(() => s.close());

  it('is never left whole, as some time has passed since the write', async () => {
    for (let round = 0; round < 200; round += 1) {
      got(await s.cache.set('cache', 'key', 'value', { ttl: 60 }), 'Success');
      const left = got(await s.cache.itemGetTtl('cache', 'key'), 'Hit').remainingTtlMillis();
      assert.ok(left > 50_000 && left < 60_000, `${left} ms`);
    }
  });
});
