// Momento's token service, over the SDK's generated stub. The SDK's own client takes a scope with both topics and items of a
// cache, and drops the items: such a token could read the whole cache. It also cannot close its connections.
import { permission_messages as grpc } from '@gomomento/generated-types/dist/permissionmessages';
import { token as service } from '@gomomento/generated-types/dist/token';
import { ExpiresAt, GenerateDisposableToken } from '@gomomento/sdk';
import { CacheServiceErrorMapper } from '@gomomento/sdk/dist/src/errors/cache-service-error-mapper';
import { credentials, Metadata } from '@grpc/grpc-js';
import { INIT_WITHIN_MS } from '../core/deadline';
import type { Permission } from '../core/user-token';
import { connected } from './connected';
import { apiKeyCredentials, type MomentoAccess } from './momento-credentials';

const { PermissionsType, ExplicitPermissions, Permissions, CacheRole, TopicRole } = grpc;
const { _GenerateDisposableTokenRequest, TokenClient } = service;

/** How long one request may take, in milliseconds. Whoever asks gives up earlier. */
const REQUEST_WITHIN_MS = 5_000;

export interface TokenRequest {
  readonly userId: string;
  readonly cacheName: string;
  readonly may: readonly Permission[];
  readonly ttlMinutes: number;
}

export interface TokenService {
  /** Resolves with the SDK's response, also if it is an error. */
  vend(request: TokenRequest): Promise<GenerateDisposableToken.Response>;
  /** Resolves when it is connected. Rejects if it is not while the function initialises. */
  connected(): Promise<object>;
  close(): void;
}

/** A client for an API key. Throws UnusableApiKey. */
export function connect(apiKey: string, access: MomentoAccess): TokenService {
  const provider = apiKeyCredentials(apiKey, access);
  const channel = provider.isTokenEndpointSecure() ? credentials.createSsl() : credentials.createInsecure();
  const stub = new TokenClient(provider.getTokenEndpoint(), channel);
  const metadata = new Metadata();
  metadata.set('agent', 'nodejs:auth:momento-webhooks');
  const errors = new CacheServiceErrorMapper(false);
  return {
    vend: ({ userId, cacheName, may, ttlMinutes }) =>
      new Promise((resolve, reject) => {
        const request = new _GenerateDisposableTokenRequest({
          expires: new _GenerateDisposableTokenRequest.Expires({ valid_for_seconds: ttlMinutes * 60 }),
          auth_token: provider.getAuthToken(),
          permissions: permissionsOf(cacheName, may),
          token_id: userId,
        });
        const deadline = Date.now() + REQUEST_WITHIN_MS;
        stub.GenerateDisposableToken(request, metadata, { deadline }, (err, vended) => {
          if (vended && !err) {
            const { api_key, endpoint, valid_until } = vended;
            const expiresAt = ExpiresAt.fromEpoch(valid_until);
            return resolve(new GenerateDisposableToken.Success(api_key, endpoint, expiresAt));
          }
          errors.resolveOrRejectError({
            err,
            errorResponseFactoryFn: (error) => new GenerateDisposableToken.Error(error),
            resolveFn: resolve,
            rejectFn: reject,
          });
        });
      }),
    async connected() {
      await connected(stub, INIT_WITHIN_MS);
      return {};
    },
    close: () => stub.close(),
  };
}

function permissionsOf(cacheName: string, may: readonly Permission[]): grpc.Permissions {
  const permissions = may.map((one) => permissionOf(cacheName, one));
  return new Permissions({ explicit: new ExplicitPermissions({ permissions }) });
}

function permissionOf(cache_name: string, one: Permission): grpc.PermissionsType {
  const cache_selector = new PermissionsType.CacheSelector({ cache_name });
  if ('read' in one) {
    const item_selector = new PermissionsType.CacheItemSelector({ key: Buffer.from(one.read) });
    const role = CacheRole.CacheReadOnly;
    const cache_permissions = new PermissionsType.CachePermissions({ role, cache_selector, item_selector });
    return new PermissionsType({ cache_permissions });
  }
  const isToPublish = 'publish' in one;
  const topic_selector = new PermissionsType.TopicSelector({
    topic_name: isToPublish ? one.publish : one.subscribe,
  });
  const role = isToPublish ? TopicRole.TopicWriteOnly : TopicRole.TopicReadOnly;
  const topic_permissions = new PermissionsType.TopicPermissions({ role, cache_selector, topic_selector });
  return new PermissionsType({ topic_permissions });
}
