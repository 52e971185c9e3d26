import assert from 'node:assert/strict';
import { auth } from '@gomomento/generated-types/dist/auth';
import { permission_messages } from '@gomomento/generated-types/dist/permissionmessages';
import {
  AllCaches,
  AllDataReadWrite,
  AuthenticationError,
  CacheRole,
  DisposableTokenScopes,
  ExpiresIn,
  type GenerateApiKey,
  InvalidArgumentError,
  PermissionError,
  type PermissionScope,
  PermissionScopes,
  TopicRole,
} from '@gomomento/sdk';
import { ChannelCredentials } from '@grpc/grpc-js';
import { makeLegacyKey } from 'local-momento';
import { type Clients, got, refused, type Stand, stand } from './sdk';
import { endSubscriptions, subscribe } from './subscriptions';

describe('the local Momento: API keys that are made', () => {
  const owner = makeLegacyKey();
  let now = 1_700_000_000_000;
  let s: Stand;
  before(async () => {
    s = await stand({ apiKeys: [owner], now: () => now });
    await s.cache.createCache('second');
  });
  beforeEach(() => s.cache.set('cache', 'key', 'value', { ttl: 86_400 }));
  afterEach(endSubscriptions);
  after(() => s.close());

  type Success = GenerateApiKey.Success;
  const make = async (scope: PermissionScope, expires = ExpiresIn.minutes(5)): Promise<Success> =>
    got(await s.auth.generateApiKey(scope, expires), 'Success');
  const as = async (scope: PermissionScope): Promise<Clients> => s.as((await make(scope)).apiKey);

  /** The SDK's scope for a super user is not public. */
  const superUser = async (key: string): Promise<Clients> => {
    const client = new auth.AuthClient(`127.0.0.1:${s.momento.port}`, ChannelCredentials.createInsecure());
    const inner: { api_key: string } = JSON.parse(Buffer.from(key, 'base64').toString());
    const request = new auth._GenerateApiTokenRequest({
      auth_token: inner.api_key,
      never: new auth._GenerateApiTokenRequest.Never(),
      permissions: new permission_messages.Permissions({
        super_user: permission_messages.SuperUserPermissions.SuperUser,
      }),
    });
    const { api_key, endpoint } = await new Promise<auth._GenerateApiTokenResponse>((resolve, reject) =>
      client.GenerateApiToken(request, {}, (error, response) =>
        error === null && response !== undefined ? resolve(response) : reject(error),
      ),
    );
    client.close();
    return s.as(Buffer.from(JSON.stringify({ api_key, endpoint })).toString('base64'));
  };

  it('for all data can read, write, publish and subscribe everywhere, but manage nothing', async () => {
    const { cache, topics, auth: keys } = await as(AllDataReadWrite);
    got(await cache.set('second', 'key', 'value'), 'Success');
    got(await cache.dictionarySetField('cache', 'dictionary', 'a', 'A'), 'Success');
    const { items } = await subscribe(topics, 'topic');
    got(await topics.publish('cache', 'topic', 'hello'), 'Success');
    const item = await items.next();
    assert.deepEqual([item.valueString(), item.tokenId()], ['hello', '']);
    refused(await cache.createCache('new'), PermissionError);
    refused(await cache.deleteCache('cache'), PermissionError);
    refused(await cache.flushCache('cache'), PermissionError);
    refused(await topics.listWebhooks('cache'), PermissionError);
    refused(await keys.generateApiKey(AllDataReadWrite, ExpiresIn.minutes(1)), PermissionError);
    const scope = DisposableTokenScopes.cacheReadOnly('cache');
    refused(await keys.generateDisposableToken(scope, ExpiresIn.minutes(1)), PermissionError);
  });

  it('have the roles of their permissions, each for its caches and topics', async () => {
    const reader = await as(PermissionScopes.cacheReadOnly(AllCaches));
    got(await reader.cache.get('cache', 'key'), 'Hit');
    refused(await reader.cache.set('cache', 'key', 'x'), PermissionError);
    refused(await reader.topics.publish('cache', 'topic', 'x'), PermissionError);

    const { cache, topics } = await as({
      permissions: [
        { role: CacheRole.WriteOnly, cache: 'cache' },
        { role: TopicRole.PublishOnly, cache: 'second', topic: 'topic' },
      ],
    });
    got(await cache.set('cache', 'key', 'value'), 'Success');
    refused(await cache.get('cache', 'key'), PermissionError);
    refused(await cache.set('second', 'key', 'value'), PermissionError);
    got(await topics.publish('second', 'topic', 'x'), 'Success');
    refused(await topics.publish('second', 'another', 'x'), PermissionError);
    refused(await topics.subscribe('second', 'topic', {}), PermissionError);
  });

  it('expire when they say, or never', async () => {
    const short = await make(AllDataReadWrite, ExpiresIn.seconds(30));
    assert.equal(short.expiresAt.epoch(), now / 1000 + 30);
    const eternal = await make(AllDataReadWrite, ExpiresIn.never());
    assert.equal(eternal.expiresAt.doesExpire(), false);
    const [first, second] = [s.as(short.apiKey), s.as(eternal.apiKey)];
    now += 29_999;
    got(await first.cache.get('cache', 'key'), 'Hit');
    now += 1;
    refused(await first.cache.get('cache', 'key'), AuthenticationError);
    got(await second.cache.get('cache', 'key'), 'Hit');
  });

  it('are refreshed to another key with the same permissions, valid for as long again', async () => {
    const before = await make(PermissionScopes.cacheReadOnly('cache'), ExpiresIn.seconds(10));
    now += 2_000;
    const after = got(await s.as(before.apiKey).auth.refreshApiKey(before.refreshToken), 'Success');
    assert.notEqual(after.apiKey, before.apiKey);
    assert.equal(after.expiresAt.epoch(), before.expiresAt.epoch() + 2);
    now += 9_000;
    const { cache } = s.as(after.apiKey);
    got(await cache.get('cache', 'key'), 'Hit');
    refused(await cache.set('cache', 'key', 'x'), PermissionError);
    got(await s.as(after.apiKey).auth.refreshApiKey(after.refreshToken), 'Success');
  });

  it('are not refreshed when expired, nor with the refresh token of another key', async () => {
    const [one, other] = [
      await make(AllDataReadWrite, ExpiresIn.seconds(1)),
      await make(AllDataReadWrite, ExpiresIn.seconds(60)),
    ];
    refused(await s.as(one.apiKey).auth.refreshApiKey(other.refreshToken), AuthenticationError);
    now += 1_000;
    refused(await s.as(one.apiKey).auth.refreshApiKey(one.refreshToken), AuthenticationError);
    refused(await s.auth.refreshApiKey(other.refreshToken), AuthenticationError);
  });

  it('for a super user can manage all, and make keys and tokens, but no other super user', async () => {
    const { cache, auth: keys } = await superUser(owner);
    got(await cache.createCache('new'), 'Success');
    got(await cache.deleteCache('new'), 'Success');
    const scope = DisposableTokenScopes.cacheReadOnly('cache');
    got(await keys.generateDisposableToken(scope, ExpiresIn.minutes(1)), 'Success');
    const { apiKey } = got(await keys.generateApiKey(AllDataReadWrite, ExpiresIn.minutes(1)), 'Success');
    got(await s.as(apiKey).cache.get('cache', 'key'), 'Hit');
  });

  it('for a super user are made by the account alone', async () => {
    const { apiKey } = await make(AllDataReadWrite);
    await assert.rejects(superUser(apiKey), /PERMISSION_DENIED.*managing/);
    await assert.rejects(superUser(makeLegacyKey()), /UNAUTHENTICATED/);
  });

  it('need permissions, each for something else, and a validity of a second or more', async () => {
    const scopes: PermissionScope[] = [
      { permissions: [] },
      {
        permissions: [
          { role: CacheRole.ReadOnly, cache: AllCaches },
          { role: CacheRole.ReadWrite, cache: AllCaches },
        ],
      },
      {
        permissions: [
          { role: CacheRole.ReadOnly, cache: 'cache' },
          { role: CacheRole.ReadWrite, cache: { name: 'cache' } },
        ],
      },
      {
        permissions: [
          { role: TopicRole.SubscribeOnly, cache: 'cache', topic: 'topic' },
          { role: TopicRole.PublishSubscribe, cache: { name: 'cache' }, topic: { name: 'topic' } },
        ],
      },
    ];
    for (const scope of scopes) {
      refused(await s.auth.generateApiKey(scope, ExpiresIn.minutes(1)), InvalidArgumentError);
    }
    const different: PermissionScope = {
      permissions: [
        { role: CacheRole.ReadOnly, cache: AllCaches },
        { role: CacheRole.ReadWrite, cache: 'cache' },
        { role: TopicRole.PublishOnly, cache: 'cache', topic: 'topic' },
        { role: TopicRole.PublishOnly, cache: 'cache', topic: 'another' },
      ],
    };
    await make(different);
    refused(await s.auth.generateApiKey(different, ExpiresIn.seconds(0)), InvalidArgumentError);
  });
});
