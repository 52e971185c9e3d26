import assert from 'node:assert/strict';
import { CollectionTtl, SortedSetOrder } from '@gomomento/sdk';
import fc from 'fast-check';
import { got, type Stand, stand } from './sdk';

const { Ascending, Descending } = SortedSetOrder;

describe('the local Momento: sorted sets', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ now: () => now });
  });
  beforeEach(async () => {
    await s.cache.flushCache('cache');
    await s.cache.sortedSetPutElements('cache', 'set', { one: 1, two: 2, deux: 2, three: 3, minus: -1 });
  });
  after(() => s.close());

  type ByRank = Parameters<typeof s.cache.sortedSetFetchByRank>[2];
  type ByScore = Parameters<typeof s.cache.sortedSetFetchByScore>[2];
  const byRank = async (options?: ByRank): Promise<string[]> =>
    got(await s.cache.sortedSetFetchByRank('cache', 'set', options), 'Hit')
      .valueArray()
      .map(({ value }) => value);
  const byScore = async (options?: ByScore): Promise<string[]> =>
    got(await s.cache.sortedSetFetchByScore('cache', 'set', options), 'Hit')
      .valueArray()
      .map(({ value }) => value);

  it('orders by score, then by the bytes of the value, in both directions', async () => {
    assert.deepEqual(await byRank(), ['minus', 'one', 'deux', 'two', 'three']);
    assert.deepEqual(await byRank({ order: Descending }), ['three', 'two', 'deux', 'one', 'minus']);
  });

  it('fetches by rank from an inclusive start to an exclusive end, negative ones counted from the end', async () => {
    assert.deepEqual(await byRank({ startRank: 1, endRank: 3 }), ['one', 'deux']);
    assert.deepEqual(await byRank({ order: Descending, startRank: 0, endRank: 2 }), ['three', 'two']);
    assert.deepEqual(await byRank({ startRank: -2 }), ['two', 'three']);
    assert.deepEqual(await byRank({ order: Descending, startRank: -2 }), ['one', 'minus']);
    assert.deepEqual(await byRank({ startRank: 1, endRank: -1 }), ['one', 'deux', 'two']);
    assert.deepEqual(await byRank({ startRank: -100, endRank: 100 }), await byRank());
    assert.deepEqual(await byRank({ startRank: 4, endRank: -4 }), []);
    assert.deepEqual(await byRank({ startRank: 7 }), []);
  });

  it('fetches by score with both ends included, then skips and counts', async () => {
    assert.deepEqual(await byScore({ minScore: 1, maxScore: 2 }), ['one', 'deux', 'two']);
    assert.deepEqual(await byScore({ minScore: 1, maxScore: 2, order: Descending }), ['two', 'deux', 'one']);
    assert.deepEqual(await byScore({ maxScore: 1 }), ['minus', 'one']);
    assert.deepEqual(await byScore({ minScore: 1.5 }), ['deux', 'two', 'three']);
    assert.deepEqual(await byScore({ order: Descending, offset: 1, count: 2 }), ['two', 'deux']);
    assert.deepEqual(await byScore({ minScore: 10 }), []);
  });

  it('moves an element that is put with a new score, and counts it once', async () => {
    got(await s.cache.sortedSetPutElement('cache', 'set', 'one', 10), 'Success');
    got(await s.cache.sortedSetPutElement('cache', 'set', 'one', 10), 'Success');
    assert.deepEqual(await byRank(), ['minus', 'deux', 'two', 'three', 'one']);
    assert.equal(got(await s.cache.sortedSetLength('cache', 'set'), 'Hit').length(), 5);
  });

  it('returns scores, and a miss for missing elements and missing sets', async () => {
    assert.equal(got(await s.cache.sortedSetGetScore('cache', 'set', 'minus'), 'Hit').score(), -1);
    got(await s.cache.sortedSetGetScore('cache', 'set', 'four'), 'Miss');
    got(await s.cache.sortedSetGetScore('cache', 'other', 'one'), 'Miss');
    const scores = got(await s.cache.sortedSetGetScores('cache', 'set', ['two', 'four']), 'Hit');
    assert.deepEqual(scores.valueMap(), new Map([['two', 2]]));
  });

  it('returns ranks in both orders', async () => {
    const rank = async (order?: SortedSetOrder): Promise<number> =>
      got(await s.cache.sortedSetGetRank('cache', 'set', 'two', { order }), 'Hit').rank();
    assert.deepEqual([await rank(), await rank(Ascending), await rank(Descending)], [3, 3, 1]);
    got(await s.cache.sortedSetGetRank('cache', 'set', 'four'), 'Miss');
    got(await s.cache.sortedSetGetRank('cache', 'other', 'two'), 'Miss');
  });

  it('increments a score, also a missing one', async () => {
    const increment = async (value: string, by: number): Promise<number> =>
      got(await s.cache.sortedSetIncrementScore('cache', 'set', value, by), 'Success').score();
    assert.deepEqual([await increment('one', 1.5), await increment('new', -3)], [2.5, -3]);
    assert.deepEqual(await byRank(), ['new', 'minus', 'deux', 'two', 'one', 'three']);
  });

  it('counts by score', async () => {
    const count = got(
      await s.cache.sortedSetLengthByScore('cache', 'set', { minScore: 1, maxScore: 2 }),
      'Hit',
    );
    assert.equal(count.length(), 3);
  });

  it('removes elements, and is gone when the last one is', async () => {
    got(await s.cache.sortedSetRemoveElement('cache', 'set', 'two'), 'Success');
    got(await s.cache.sortedSetRemoveElements('cache', 'set', ['one', 'three', 'unknown']), 'Success');
    assert.deepEqual(await byRank(), ['minus', 'deux']);
    got(await s.cache.sortedSetRemoveElements('cache', 'set', ['minus', 'deux']), 'Success');
    got(await s.cache.sortedSetFetchByRank('cache', 'set'), 'Miss');
    got(await s.cache.sortedSetLength('cache', 'set'), 'Miss');
    assert.equal(got(await s.cache.keyExists('cache', 'set'), 'Success').exists(), false);
  });

  it('refreshes the time to live of the whole set with a write, unless that is not wanted', async () => {
    const ttl = async (): Promise<number> =>
      got(await s.cache.itemGetTtl('cache', 'set'), 'Hit').remainingTtlMillis();
    const put = (ttl: CollectionTtl) => s.cache.sortedSetPutElement('cache', 'set', 'x', 1, { ttl });
    now += 1_000;
    await put(CollectionTtl.of(100).withNoRefreshTtlOnUpdates());
    assert.equal(await ttl(), 59_000);
    await put(CollectionTtl.of(100).withRefreshTtlOnUpdates());
    assert.equal(await ttl(), 100_000);
    now += 100_000;
    got(await s.cache.sortedSetFetchByRank('cache', 'set'), 'Miss');
  });

  it('agrees with a sorted array, whatever is put, removed and fetched', async () => {
    const element = fc.tuple(fc.constantFrom('a', 'b', 'ä', 'aa', 'Z', '0'), fc.integer({ min: -2, max: 2 }));
    const step = fc.record({
      put: fc.array(element, { maxLength: 8 }),
      remove: fc.array(element, { maxLength: 2 }),
    });
    const rank = fc.option(
      fc.integer({ min: -7, max: 7 }).filter((at) => at !== 0),
      { nil: undefined },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 4 }), rank, rank, async (steps, startRank, endRank) => {
        await s.cache.delete('cache', 'set');
        const model = new Map<string, number>();
        for (const { put, remove } of steps) {
          await s.cache.sortedSetPutElements('cache', 'set', new Map(put));
          for (const [value, score] of put) model.set(value, score);
          await s.cache.sortedSetRemoveElements(
            'cache',
            'set',
            remove.map(([value]) => value),
          );
          for (const [value] of remove) model.delete(value);
        }
        const expected = [...model]
          .sort(([a, x], [b, y]) => x - y || Buffer.compare(Buffer.from(a), Buffer.from(b)))
          .map(([value]) => value);
        for (const order of [Ascending, Descending]) {
          const fetched = await s.cache.sortedSetFetchByRank('cache', 'set', { order, startRank, endRank });
          if (fetched.type === 'Error') continue; // ranks that the SDK itself refuses
          const ordered = order === Ascending ? expected : expected.toReversed();
          if (model.size === 0) got(fetched, 'Miss');
          else
            assert.deepEqual(
              got(fetched, 'Hit')
                .valueArray()
                .map(({ value }) => value),
              ordered.slice(startRank, endRank),
            );
        }
      }),
      { numRuns: 20 },
    );
  });
});
