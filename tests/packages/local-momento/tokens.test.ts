import assert from 'node:assert/strict';
import {
  AllCaches,
  AllTopics,
  AuthenticationError,
  type CacheClient,
  CacheRole,
  type DisposableTokenScope,
  ExpiresIn,
  InvalidArgumentError,
  PermissionError,
  DisposableTokenScopes as Scopes,
  TopicRole,
} from '@gomomento/sdk';
import { makeLegacyKey } from 'local-momento';
import { type Clients, got, refused, type Stand, stand } from './sdk';
import { endSubscriptions, subscribe } from './subscriptions';

describe('the local Momento: disposable tokens', () => {
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ apiKeys: [makeLegacyKey()], now: () => now });
    await s.cache.set('cache', 'user-1', 'value', { ttl: 86_400 });
    await s.cache.set('cache', 'other', 'value', { ttl: 86_400 });
  });
  afterEach(endSubscriptions);
  after(() => s.close());

  const vend = async (scope: DisposableTokenScope, tokenId?: string): Promise<Clients> => {
    const vended = await s.auth.generateDisposableToken(scope, ExpiresIn.minutes(5), { tokenId });
    return s.as(got(vended, 'Success').authToken);
  };

  it('carry their id to each subscriber', async () => {
    const { items } = await subscribe(s.topics, 'topic');
    const taylor = await vend(Scopes.topicPublishOnly('cache', 'topic'), 'taylor');
    got(await taylor.topics.publish('cache', 'topic', 'hello'), 'Success');
    const item = await items.next();
    assert.deepEqual([item.valueString(), item.tokenId()], ['hello', 'taylor']);
  });

  it('carry their expiry, and are refused from then on', async () => {
    const vended = got(
      await s.auth.generateDisposableToken(Scopes.cacheReadOnly('cache'), ExpiresIn.seconds(30)),
      'Success',
    );
    assert.equal(vended.expiresAt.epoch(), now / 1000 + 30);
    const { cache } = s.as(vended.authToken);
    now += 29_999;
    got(await cache.get('cache', 'other'), 'Hit');
    now += 1;
    refused(await cache.get('cache', 'other'), AuthenticationError);
  });

  describe('to publish on one topic', () => {
    let token: Clients;
    before(async () => {
      token = await vend(Scopes.topicPublishOnly('cache', 'topic'));
    });

    it('publish there', async () => {
      got(await token.topics.publish('cache', 'topic', 'a'), 'Success');
    });

    it('allow nothing else', async () => {
      refused(await token.topics.publish('cache', 'topic-2', 'a'), PermissionError);
      refused(await token.topics.publish('elsewhere', 'topic', 'a'), PermissionError);
      refused(await token.topics.subscribe('cache', 'topic', {}), PermissionError);
      refused(await token.cache.get('cache', 'other'), PermissionError);
      refused(await token.cache.sortedSetPutElement('cache', 'set', 'a', 1), PermissionError);
      refused(await token.cache.createCache('new'), PermissionError);
      refused(await token.cache.deleteCache('cache'), PermissionError);
      refused(await token.cache.listCaches(), PermissionError);
      refused(await token.cache.flushCache('cache'), PermissionError);
      refused(await token.topics.listWebhooks('cache'), PermissionError);
      refused(await token.topics.getWebhookSecret('cache', 'any'), PermissionError);
    });

    it('cannot vend tokens', async () => {
      const scope = Scopes.topicPublishOnly('cache', 'topic');
      refused(await token.auth.generateDisposableToken(scope, ExpiresIn.minutes(1)), PermissionError);
    });
  });

  it('for subscribing can subscribe, but not publish', async () => {
    const { topics } = await vend(Scopes.topicSubscribeOnly('cache', 'topic'));
    await subscribe(topics, 'topic');
    refused(await topics.publish('cache', 'topic', 'a'), PermissionError);
  });

  it('for all topics of all caches can publish and subscribe on any', async () => {
    const { topics, cache } = await vend(Scopes.topicPublishSubscribe(AllCaches, AllTopics));
    await subscribe(topics, 'any');
    got(await topics.publish('cache', 'any', 'a'), 'Success');
    refused(await cache.get('cache', 'other'), PermissionError);
  });

  it('for reading a cache can read all of it, but write nothing', async () => {
    const { cache, topics } = await vend(Scopes.cacheReadOnly('cache'));
    got(await cache.get('cache', 'other'), 'Hit');
    got(await cache.sortedSetFetchByRank('cache', 'none'), 'Miss');
    refused(await cache.set('cache', 'other', 'x'), PermissionError);
    refused(await cache.delete('cache', 'other'), PermissionError);
    refused(await cache.listPushBack('cache', 'list', 'x'), PermissionError);
    refused(await cache.sortedSetRemoveElement('cache', 'none', 'x'), PermissionError);
    refused(await topics.publish('cache', 'topic', 'a'), PermissionError);
  });

  it('for writing a cache can neither read nor learn what is there', async () => {
    const { cache } = await vend(Scopes.cacheWriteOnly('cache'));
    got(await cache.set('cache', 'written', 'x'), 'Success');
    refused(await cache.get('cache', 'written'), PermissionError);
    refused(await cache.setIfAbsent('cache', 'written', 'x'), PermissionError);
    refused(await cache.increaseTtl('cache', 'written', 1_000), PermissionError);
  });

  it('for reading and writing a cache cannot manage it, nor reach another', async () => {
    await s.cache.createCache('second');
    const { cache } = await vend(Scopes.cacheReadWrite('cache'));
    got(await cache.setIfPresent('cache', 'other', 'value'), 'Stored');
    refused(await cache.get('second', 'key'), PermissionError);
    refused(await cache.flushCache('cache'), PermissionError);
  });

  it('for one key reach only that key, also if a call names several', async () => {
    const { cache } = await vend(Scopes.cacheKeyReadOnly('cache', 'user-1'));
    got(await cache.get('cache', 'user-1'), 'Hit');
    refused(await cache.get('cache', 'user-10'), PermissionError);
    refused(await cache.keysExist('cache', ['user-1', 'other']), PermissionError);
    refused(await cache.set('cache', 'user-1', 'x'), PermissionError);
  });

  it('for a prefix reach the keys that begin with it', async () => {
    const { cache } = await vend(Scopes.cacheKeyPrefixReadWrite('cache', 'user-'));
    got(await cache.set('cache', 'user-2', 'x'), 'Success');
    got(await cache.get('cache', 'user-1'), 'Hit');
    refused(await cache.get('cache', 'user'), PermissionError);
  });

  it('have an id of at most 64 characters, and are valid for at most an hour', async () => {
    const scope = Scopes.topicPublishOnly('cache', 'topic');
    const vended = (expires: ExpiresIn, tokenId: string) =>
      s.auth.generateDisposableToken(scope, expires, { tokenId });
    got(await vended(ExpiresIn.minutes(60), 'x'.repeat(64)), 'Success');
    refused(await vended(ExpiresIn.minutes(60), 'x'.repeat(65)), InvalidArgumentError);
    refused(await vended(ExpiresIn.seconds(3_601), 'x'), InvalidArgumentError);
    refused(await vended(ExpiresIn.seconds(0), 'x'), InvalidArgumentError);
  });

  it('need permissions, each for other caches, items or topics', async () => {
    const vended = (scope: DisposableTokenScope) =>
      s.auth.generateDisposableToken(scope, ExpiresIn.minutes(1));
    const { ReadOnly, ReadWrite } = CacheRole;
    const cow = { cache: 'cache', item: { key: 'cow' } };
    const refusedScopes: DisposableTokenScope[] = [
      { permissions: [] },
      {
        permissions: [
          { role: ReadOnly, cache: AllCaches },
          { role: ReadWrite, cache: AllCaches },
        ],
      },
      {
        permissions: [
          { role: ReadOnly, ...cow },
          { role: ReadOnly, ...cow },
        ],
      },
      {
        permissions: [
          { role: TopicRole.PublishOnly, cache: 'cache', topic: AllTopics },
          { role: TopicRole.SubscribeOnly, cache: { name: 'cache' }, topic: AllTopics },
        ],
      },
    ];
    for (const scope of refusedScopes) refused(await vended(scope), InvalidArgumentError);
    const token = await vended({
      permissions: [
        { role: ReadOnly, ...cow },
        { role: ReadWrite, cache: 'cache', item: { keyPrefix: 'cow' } },
        { role: ReadWrite, cache: 'second', item: { key: 'cow' } },
      ],
    });
    const { cache } = s.as(got(token, 'Success').authToken);
    got(await cache.set('cache', 'cow', 'moo'), 'Success');
    got(await cache.get('cache', 'cow'), 'Hit');
  });

  it('allow or refuse each operation on collections by what it does', async () => {
    const [reader, writer] = [
      (await vend(Scopes.cacheReadOnly('cache'))).cache,
      (await vend(Scopes.cacheWriteOnly('cache'))).cache,
    ];
    const reads: ((cache: CacheClient) => Promise<{ type: string }>)[] = [
      (cache) => cache.dictionaryGetField('cache', 'd', 'a'),
      (cache) => cache.dictionaryFetch('cache', 'd'),
      (cache) => cache.dictionaryLength('cache', 'd'),
      (cache) => cache.setFetch('cache', 's'),
      (cache) => cache.setSample('cache', 's', 1),
      (cache) => cache.setContainsElement('cache', 's', 'a'),
      (cache) => cache.setLength('cache', 's'),
    ];
    const writes: typeof reads = [
      (cache) => cache.dictionarySetField('cache', 'd', 'a', 'A'),
      (cache) => cache.dictionaryIncrement('cache', 'd', 'n'),
      (cache) => cache.dictionaryRemoveField('cache', 'd', 'a'),
      (cache) => cache.setAddElement('cache', 's', 'a'),
      (cache) => cache.setRemoveElement('cache', 's', 'b'),
      (cache) => cache.setPop('cache', 's', 1),
    ];
    for (const read of reads) {
      assert.notEqual((await read(reader)).type, 'Error');
      refused(await read(writer), PermissionError);
    }
    for (const write of writes) {
      assert.notEqual((await write(writer)).type, 'Error');
      refused(await write(reader), PermissionError);
    }
    refused(await writer.updateTtl('cache', 'd', 1_000), PermissionError);
  });

  it('from another Momento, or changed by one byte, are refused', async () => {
    const other = await stand({ now: () => now });
    const foreign = got(
      await other.auth.generateDisposableToken(Scopes.cacheReadWrite('cache'), ExpiresIn.minutes(1)),
      'Success',
    ).authToken;
    await other.close();
    refused(await s.as(foreign).cache.get('cache', 'other'), AuthenticationError);

    const own = got(
      await s.auth.generateDisposableToken(Scopes.cacheReadOnly('cache'), ExpiresIn.minutes(1)),
      'Success',
    ).authToken;
    const { endpoint, api_key } = JSON.parse(Buffer.from(own, 'base64').toString());
    const changed = `${api_key.slice(0, 20)}${api_key[20] === 'A' ? 'B' : 'A'}${api_key.slice(21)}`;
    const forged = Buffer.from(JSON.stringify({ endpoint, api_key: changed })).toString('base64');
    refused(await s.as(forged).cache.get('cache', 'other'), AuthenticationError);
  });
});
