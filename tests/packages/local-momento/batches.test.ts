import assert from 'node:assert/strict';
import { CacheNotFoundError, DisposableTokenScopes, ExpiresIn, PermissionError } from '@gomomento/sdk';
import { got, refused, type Stand, stand } from './sdk';

describe('the local Momento: batches', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ now: () => now });
  });
  beforeEach(() => s.cache.flushCache('cache'));
  after(() => s.close());

  const values = async (...keys: string[]): Promise<Record<string, string>> =>
    got(await s.cache.getBatch('cache', keys), 'Success').values();

  it('set and get many items, and answer for each in the order of the request', async () => {
    const set = got(await s.cache.setBatch('cache', { a: 'A', b: 'B', c: '' }), 'Success');
    assert.deepEqual(
      set.results().map(({ type }) => type),
      ['Success', 'Success', 'Success'],
    );
    const read = got(await s.cache.getBatch('cache', ['c', 'x', 'a']), 'Success');
    assert.deepEqual(
      read.results().map(({ type }) => type),
      ['Hit', 'Miss', 'Hit'],
    );
    assert.deepEqual(read.values(), { c: '', a: 'A' });
    assert.deepEqual(await values('x', 'y'), {});
  });

  it('give each item a time to live of its own', async () => {
    const items = [
      { key: 'a', value: 'A', ttl: 3 },
      { key: 'b', value: 'B' },
    ];
    got(await s.cache.setBatch('cache', items, { ttl: 15 }), 'Success');
    now += 3_000;
    assert.deepEqual(await values('a', 'b'), { b: 'B' });
    now += 12_000;
    assert.deepEqual(await values('a', 'b'), {});
  });

  it('refuse an item without keeping the others from their answers', async () => {
    await s.cache.listPushBack('cache', 'list', 'x');
    const items = [
      { key: 'a', value: 'A', ttl: 86_401 },
      { key: 'b', value: 'B' },
    ];
    const set = got(await s.cache.setBatch('cache', items), 'Success');
    assert.deepEqual(
      set.results().map(({ type }) => type),
      ['Error', 'Success'],
    );
    assert.match(String(set.results()[0]), /time to live must be from 1/);
    const read = got(await s.cache.getBatch('cache', ['list', 'b']), 'Success');
    assert.deepEqual(
      read.results().map(({ type }) => type),
      ['Error', 'Hit'],
    );
  });

  it('of an unknown cache are not found', async () => {
    refused(await s.cache.getBatch('nowhere', ['a']), CacheNotFoundError);
    refused(await s.cache.setBatch('nowhere', { a: 'A' }), CacheNotFoundError);
  });

  it('need a token that allows all their keys', async () => {
    const scope = DisposableTokenScopes.cacheKeyPrefixReadOnly('cache', 'user-');
    const token = got(await s.auth.generateDisposableToken(scope, ExpiresIn.minutes(1)), 'Success').authToken;
    const { cache } = s.as(token);
    await s.cache.setBatch('cache', { 'user-1': 'one', 'user-2': 'two', other: 'x' });
    const read = got(await cache.getBatch('cache', ['user-1', 'user-2']), 'Success');
    assert.deepEqual(read.values(), { 'user-1': 'one', 'user-2': 'two' });
    refused(await cache.getBatch('cache', ['user-1', 'other']), PermissionError);
    refused(await cache.setBatch('cache', { 'user-1': 'x' }), PermissionError);
  });
});
