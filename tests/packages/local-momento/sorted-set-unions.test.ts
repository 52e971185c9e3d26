import assert from 'node:assert/strict';
import {
  type CacheClient,
  CacheRole,
  CollectionTtl,
  type DisposableTokenScope,
  ExpiresIn,
  FailedPreconditionError,
  InvalidArgumentError,
  PermissionError,
  SortedSetAggregate,
} from '@gomomento/sdk';
import { got, refused, type Stand, stand } from './sdk';

describe('the local Momento: the union of sorted sets', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ now: () => now });
  });
  beforeEach(async () => {
    await s.cache.flushCache('cache');
    await s.cache.sortedSetPutElements('cache', 'first', { a: 1, b: 2 });
    await s.cache.sortedSetPutElements('cache', 'second', { b: 3, c: -4 });
  });

  const FIRST = { sortedSetName: 'first', weight: 1 };
  const SECOND = { sortedSetName: 'second', weight: 2.5 };
  type Options = Parameters<typeof s.cache.sortedSetUnionStore>[3];
  const union = async (sources = [FIRST, SECOND], options?: Options): Promise<number> =>
    got(await s.cache.sortedSetUnionStore('cache', 'union', sources, options), 'Success').length();
  const stored = async (): Promise<[string, number][]> =>
    got(await s.cache.sortedSetFetchByRank('cache', 'union'), 'Hit')
      .valueArray()
      .map(({ value, score }) => [value, score]);

  it('has all elements of its sources, and the sum of the weighted scores of those in several', async () => {
    assert.equal(await union(), 3);
    assert.deepEqual(await stored(), [
      ['c', -10],
      ['a', 1],
      ['b', 9.5],
    ]);
  });

  it('may take the smallest or the largest weighted score', async () => {
    const scoreOfB = async (aggregate: SortedSetAggregate): Promise<number> => {
      await union([FIRST, SECOND], { aggregate });
      return got(await s.cache.sortedSetGetScore('cache', 'union', 'b'), 'Hit').score();
    };
    assert.equal(await scoreOfB(SortedSetAggregate.MIN), 2);
    assert.equal(await scoreOfB(SortedSetAggregate.MAX), 7.5);
    assert.equal(await scoreOfB(SortedSetAggregate.SUM), 9.5);
  });

  it('replaces what its name held, which counts only as a source', async () => {
    await s.cache.sortedSetPutElement('cache', 'union', 'old', 1);
    assert.equal(await union([FIRST]), 2);
    assert.equal(await union([{ sortedSetName: 'union', weight: 0 }, SECOND]), 3);
    assert.deepEqual(await stored(), [
      ['c', -10],
      ['a', 0],
      ['b', 7.5],
    ]);
  });

  it('deletes its name if it is empty', async () => {
    await s.cache.sortedSetPutElement('cache', 'union', 'old', 1);
    assert.equal(await union([{ sortedSetName: 'nothing', weight: 1 }]), 0);
    got(await s.cache.sortedSetFetchByRank('cache', 'union'), 'Miss');
  });

  it('always sets the time to live', async () => {
    await union();
    now += 1_000;
    await union([FIRST], { ttl: CollectionTtl.of(30).withNoRefreshTtlOnUpdates() });
    assert.equal(got(await s.cache.itemGetTtl('cache', 'union'), 'Hit').remainingTtlMillis(), 30_000);
  });

  it('is refused without a source, and leaves what is stored', async () => {
    await union();
    assert.match(
      refused(await s.cache.sortedSetUnionStore('cache', 'union', []), InvalidArgumentError),
      /at least one source/,
    );
    got(await s.cache.sortedSetFetchByRank('cache', 'union'), 'Hit');
  });

  it('is refused with a source, or over an item, of another kind', async () => {
    await s.cache.set('cache', 'scalar', 'value');
    const source = [{ sortedSetName: 'scalar', weight: 1 }];
    refused(await s.cache.sortedSetUnionStore('cache', 'union', source), FailedPreconditionError);
    refused(await s.cache.sortedSetUnionStore('cache', 'scalar', [FIRST]), FailedPreconditionError);
  });

  it('needs a token that may write its name and read its sources', async () => {
    await union();
    const as = async (union: CacheRole, source: CacheRole): Promise<CacheClient> => {
      const scope: DisposableTokenScope = {
        permissions: [
          { role: union, cache: 'cache', item: { key: 'union' } },
          { role: source, cache: 'cache', item: { key: 'first' } },
        ],
      };
      const vended = await s.auth.generateDisposableToken(scope, ExpiresIn.minutes(1));
      return s.as(got(vended, 'Success').authToken).cache;
    };
    const { ReadOnly, WriteOnly } = CacheRole;
    const allowed = await as(WriteOnly, ReadOnly);
    got(await allowed.sortedSetUnionStore('cache', 'union', [FIRST]), 'Success');
    refused(await allowed.sortedSetUnionStore('cache', 'union', [FIRST, SECOND]), PermissionError);
    for (const denied of [await as(WriteOnly, WriteOnly), await as(ReadOnly, ReadOnly)]) {
      refused(await denied.sortedSetUnionStore('cache', 'union', [FIRST]), PermissionError);
    }
  });
  after(() => s.close());
});
