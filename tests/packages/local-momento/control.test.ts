import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { auth } from '@gomomento/generated-types/dist/auth';
import { cache_client } from '@gomomento/generated-types/dist/cacheclient';
import { cache_client as cache_pubsub } from '@gomomento/generated-types/dist/cachepubsub';
import { control_client } from '@gomomento/generated-types/dist/controlclient';
import { leaderboard } from '@gomomento/generated-types/dist/leaderboard';
import { token } from '@gomomento/generated-types/dist/token';
import { webhook } from '@gomomento/generated-types/dist/webhook';
import { CacheNotFoundError } from '@gomomento/sdk';
import { ChannelCredentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { authorizationOf, makeLegacyKey } from 'local-momento';
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

/** The interface that other SDKs use for what the one for Node.js no longer has. */
describe('the local Momento: the raw control interface', () => {
  const apiKey = makeLegacyKey();
  let now = 1_700_000_000_000;
  let s: Stand;
  let client: control_client.ScsControlClient;
  const metadata = new Metadata();
  before(async () => {
    s = await stand({ apiKeys: [apiKey], now: () => now });
    client = new control_client.ScsControlClient(
      `127.0.0.1:${s.momento.port}`,
      ChannelCredentials.createInsecure(),
    );
  });
  beforeEach(() => metadata.set('authorization', authorizationOf(apiKey)));
  after(async () => {
    client.close();
    await s.close();
  });

  type Callback<Response> = (error: ServiceError | null, response?: Response) => void;
  const call = <Response>(run: (callback: Callback<Response>) => void): Promise<Response> =>
    new Promise((resolve, reject) =>
      run((error, response) => (response === undefined ? reject(error) : resolve(response))),
    );
  const create = (ttl_minutes: number): Promise<control_client._CreateSigningKeyResponse> => {
    const request = new control_client._CreateSigningKeyRequest({ ttl_minutes });
    return call((callback) => client.CreateSigningKey(request, metadata, {}, callback));
  };
  const list = async (): Promise<[id: string, expiresAt: number][]> => {
    const request = new control_client._ListSigningKeysRequest();
    const { signing_key } = await call<control_client._ListSigningKeysResponse>((callback) =>
      client.ListSigningKeys(request, metadata, {}, callback),
    );
    return signing_key.map(({ key_id, expires_at }) => [key_id, expires_at]);
  };

  it('makes signing keys, and lists them until they are revoked or expired', async () => {
    const [one, two] = [await create(1), await create(2)];
    const ids = [one, two].map(({ key }): string => JSON.parse(key).kid);
    assert.deepEqual(await list(), [
      [ids[0], now / 1000 + 60],
      [ids[1], now / 1000 + 120],
    ]);
    assert.equal(one.expires_at, now / 1000 + 60);
    now += 60_000;
    assert.deepEqual(
      (await list()).map(([id]) => id),
      [ids[1]],
    );
    const request = new control_client._RevokeSigningKeyRequest({ key_id: ids[1] });
    await call((callback) => client.RevokeSigningKey(request, metadata, {}, callback));
    assert.deepEqual(await list(), []);
  });

  it('makes keys that sign, in the form of a JWK', async () => {
    const jwk = JSON.parse((await create(1)).key);
    assert.equal(jwk.alg, 'ES256');
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    const signature = sign('sha256', Buffer.from('text'), key);
    assert.ok(verify('sha256', Buffer.from('text'), createPublicKey(key), signature));
  });

  it('refuses a signing key without a validity, and a caller without the API key', async () => {
    await assert.rejects(create(0), { code: status.INVALID_ARGUMENT });
    metadata.set('authorization', 'unknown');
    await assert.rejects(create(1), { code: status.UNAUTHENTICATED });
    await assert.rejects(list(), { code: status.UNAUTHENTICATED });
  });

  it('serves every operation of the services, but for logins and vector indexes', () => {
    const definitions = [
      cache_client.UnimplementedScsService.definition,
      cache_pubsub.pubsub.UnimplementedPubsubService.definition,
      leaderboard.UnimplementedLeaderboardService.definition,
      control_client.UnimplementedScsControlService.definition,
      auth.UnimplementedAuthService.definition,
      token.UnimplementedTokenService.definition,
      webhook.UnimplementedWebhookService.definition,
    ];
    const lacking = definitions
      .flatMap((definition) => Object.keys(definition))
      .filter((operation) => !s.momento.operations.includes(operation));
    assert.deepEqual(lacking, ['CreateIndex', 'DeleteIndex', 'ListIndexes', 'Login']);
  });

  it('answers unimplemented, with the name, for operations that it lacks', async () => {
    const request = new control_client._ListIndexesRequest();
    await assert.rejects(
      call((callback) => client.ListIndexes(request, metadata, {}, callback)),
      { code: status.UNIMPLEMENTED, message: /ListIndexes/ },
    );
  });
});
