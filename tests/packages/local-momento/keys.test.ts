import assert from 'node:assert/strict';
import {
  AuthenticationError,
  CacheNotFoundError,
  CredentialProvider,
  ExpiresIn,
  PermissionError,
  DisposableTokenScopes as Scopes,
} from '@gomomento/sdk';
import { type KeyTrouble, makeLegacyKey, makeV2Key } from 'local-momento';
import { type Clients, clientsWith, got, refused, type Stand, stand } from './sdk';

describe('the local Momento: API keys', () => {
  let s: Stand;
  afterEach(() => s.close());

  it('that are made up have the forms that the official SDK knows', async () => {
    s = await stand();
    const v2 = makeV2Key();
    const provider = CredentialProvider.fromApiKeyV2({ apiKey: v2, endpoint: 'momento.test' });
    assert.equal(provider.getAuthToken(), v2);
    assert.throws(() => CredentialProvider.fromDisposableToken({ apiKey: v2 }), /v2 API key/);
    assert.notEqual(CredentialProvider.fromDisposableToken({ apiKey: makeLegacyKey() }).getAuthToken(), '');
    assert.throws(() =>
      CredentialProvider.fromApiKeyV2({ apiKey: makeLegacyKey(), endpoint: 'momento.test' }),
    );
  });

  it('are not needed for "Momento local", but a wrong one is refused', async () => {
    s = await stand();
    got(await s.cache.get('cache', 'key'), 'Miss');
    refused(await s.as(makeLegacyKey()).cache.get('cache', 'key'), AuthenticationError);
  });

  it('are needed on each call if they are set: on data, topics, caches, webhooks and tokens', async () => {
    s = await stand({ apiKeys: [makeLegacyKey()] });
    got(await s.cache.get('cache', 'key'), 'Miss');
    for (const { cache, topics, auth } of [s.as(), s.as(makeLegacyKey())]) {
      refused(await cache.get('cache', 'key'), AuthenticationError);
      refused(await cache.sortedSetPutElement('cache', 'set', 'a', 1), AuthenticationError);
      refused(await topics.publish('cache', 'topic', 'a'), AuthenticationError);
      refused(await topics.subscribe('cache', 'topic', {}), AuthenticationError);
      refused(await cache.listCaches(), AuthenticationError);
      refused(await topics.listWebhooks('cache'), AuthenticationError);
      const scope = Scopes.topicPublishOnly('cache', 'topic');
      refused(await auth.generateDisposableToken(scope, ExpiresIn.minutes(1)), AuthenticationError);
    }
  });

  it('in the v2 form are sent whole', async () => {
    const v2 = makeV2Key();
    s = await stand({ apiKeys: [makeLegacyKey(), v2] });
    const { cache } = clientsWith(new V2Credentials(v2, s.momento.port));
    got(await cache.get('cache', 'key'), 'Miss');
    cache.close();
  });

  it('can be replaced while clients are connected', async () => {
    const [old, current] = [makeLegacyKey(), makeLegacyKey()];
    s = await stand({ apiKeys: [old] });
    s.momento.setApiKeys([current]);
    refused(await s.cache.get('cache', 'key'), AuthenticationError);
    got(await s.as(current).cache.get('cache', 'key'), 'Miss');
  });

  it('that are wrong are refused with the reason: unknown, too few permissions, or another account', async () => {
    s = await stand({ apiKeys: [makeLegacyKey()] });
    got(await s.cache.sortedSetPutElement('cache', 'set', 'a', 1), 'Success');
    const as = (trouble: KeyTrouble) => s.as(s.momento.makeWrongKey(trouble));
    const scope = Scopes.topicPublishOnly('cache', 'topic');
    const token = ({ auth }: Clients) => auth.generateDisposableToken(scope, ExpiresIn.minutes(1));
    for (const [trouble, error] of [
      ['revoked', AuthenticationError],
      ['read-only', PermissionError],
      ['foreign', CacheNotFoundError],
    ] as const) {
      const { cache, topics } = as(trouble);
      refused(await cache.sortedSetPutElement('cache', 'set', 'b', 1), error);
      refused(await topics.publish('cache', 'topic', 'a'), error);
    }
    got(await as('read-only').cache.sortedSetFetchByRank('cache', 'set'), 'Hit');
    refused(await token(as('revoked')), AuthenticationError);
    refused(await token(as('read-only')), PermissionError);
    const { authToken } = got(await token(as('foreign')), 'Success');
    refused(await s.as(authToken).topics.publish('cache', 'topic', 'a'), CacheNotFoundError);
  });
});

/** The SDK's provider for v2 keys cannot use another server. */
class V2Credentials extends CredentialProvider {
  readonly #address: string;

  constructor(
    private readonly key: string,
    port: number,
  ) {
    super();
    this.#address = `127.0.0.1:${port}`;
  }
  getAuthToken = (): string => this.key;
  getControlEndpoint = (): string => this.#address;
  getCacheEndpoint = (): string => this.#address;
  getTokenEndpoint = (): string => this.#address;
  isControlEndpointSecure = (): boolean => false;
  isCacheEndpointSecure = (): boolean => false;
  isTokenEndpointSecure = (): boolean => false;
  isEndpointSecure = (): boolean => false;
  areEndpointsOverridden = (): boolean => true;
  withMomentoLocal = (): CredentialProvider => this;
}
