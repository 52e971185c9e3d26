// Identifies callers: an API key, a disposable token that this Momento vended, or unknown.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { permission_messages } from '@gomomento/generated-types/dist/permissionmessages';
import { cacheNotFound, permissionDenied, unauthenticated } from './errors';
import { authorizationOf, type KeyTrouble, makeLegacyKey } from './keys';
import { type Access, allows } from './permissions';

/** The caller of an operation: its token's id, empty for an API key, and its permissions. */
export interface Caller {
  tokenId: string;
  /** Undefined for an API key, which may do everything. */
  permissions: permission_messages.ExplicitPermissions | undefined;
  /** Whether the key belongs to another account, which has no such cache. */
  isForeign?: boolean;
}

/** A token's content: its expiry (seconds since the epoch), its id, and its permissions in base64. */
interface Claims {
  exp: number;
  id: string;
  allowed: string;
  foreign?: boolean;
}

const API_KEY: Caller = { tokenId: '', permissions: undefined };
const WRONG_KEYS: Record<Exclude<KeyTrouble, 'revoked'>, Caller> = {
  'read-only': { tokenId: '', permissions: readOnly() },
  foreign: { ...API_KEY, isForeign: true },
};

/** @throws MomentoError: PERMISSION_DENIED if the caller's key or token does not allow it, NOT_FOUND in another account. */
export function authorize(caller: Caller, access: Access): void {
  if (caller.isForeign && 'cache' in access) throw cacheNotFound(access.cache);
  if (caller.permissions === undefined || allows(caller.permissions, access)) return;
  throw permissionDenied(`This key or token does not allow this call: ${describe(access)}`);
}

function readOnly(): permission_messages.ExplicitPermissions {
  const { PermissionsType, ExplicitPermissions, CacheRole, TopicRole } = permission_messages;
  const all = { all_caches: new PermissionsType.All() };
  const cache_permissions = new PermissionsType.CachePermissions({
    ...all,
    role: CacheRole.CacheReadOnly,
    all_items: new PermissionsType.All(),
  });
  const topic_permissions = new PermissionsType.TopicPermissions({
    ...all,
    role: TopicRole.TopicReadOnly,
    all_topics: new PermissionsType.All(),
  });
  return new ExplicitPermissions({
    permissions: [new PermissionsType({ cache_permissions }), new PermissionsType({ topic_permissions })],
  });
}

function describe(access: Access): string {
  if (access.kind === 'topic') return `${access.verb} on a topic of cache ${JSON.stringify(access.cache)}`;
  if (access.kind === 'cache') return `${access.verb} in cache ${JSON.stringify(access.cache)}`;
  return 'managing caches, webhooks and tokens needs an API key';
}

export class Credentials {
  /** Tokens carry their signed permissions, so this Momento keeps nothing of them. */
  readonly #secret = randomBytes(32);
  #accepted: ReadonlySet<string> = new Set();
  readonly #wrong = new Map<string, Caller>();

  constructor(
    keys: readonly string[],
    private readonly now: () => number,
  ) {
    this.setApiKeys(keys);
  }

  /** Whole keys, legacy or v2. If there are none, a call without any key has an API key's permissions. */
  setApiKeys(keys: readonly string[]): void {
    this.#accepted = new Set(keys.map(authorizationOf));
  }

  /** A whole key that is not one of the accepted ones. */
  makeWrongKey(trouble: KeyTrouble): string {
    const key = makeLegacyKey();
    if (trouble !== 'revoked') this.#wrong.set(authorizationOf(key), WRONG_KEYS[trouble]);
    return key;
  }

  /** The inner `api_key` of a disposable token, valid until `expiresAt` (seconds since the epoch). */
  vend(
    { isForeign: foreign }: Caller,
    tokenId: string,
    permissions: permission_messages.ExplicitPermissions,
    expiresAt: number,
  ): string {
    const allowed = Buffer.from(permissions.serializeBinary()).toString('base64');
    const claims = Buffer.from(JSON.stringify({ exp: expiresAt, id: tokenId, allowed, foreign })).toString(
      'base64url',
    );
    return `local.${claims}.${this.#sign(claims)}`;
  }

  /** @throws MomentoError (UNAUTHENTICATED) for a key or token that is missing, unknown, forged or expired. */
  identify(authorization: string): Caller {
    if (this.#accepted.has(authorization)) return API_KEY;
    const wrong = this.#wrong.get(authorization);
    if (wrong !== undefined) return wrong;
    if (authorization === '') {
      if (this.#accepted.size === 0) return API_KEY;
      throw unauthenticated('No API key or token was sent');
    }
    const [kind, claims, signature, ...more] = authorization.split('.');
    if (kind !== 'local' || claims === undefined || signature === undefined || more.length > 0) {
      throw unauthenticated('This API key or token is not known here');
    }
    const expected = Buffer.from(this.#sign(claims));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
      throw unauthenticated('This token was not vended here');
    }
    return this.#callerOf(claims);
  }

  /** @param claims with a valid signature, so `vend` wrote them */
  #callerOf(claims: string): Caller {
    const { exp, id, allowed, foreign }: Claims = JSON.parse(Buffer.from(claims, 'base64url').toString());
    if (this.now() >= exp * 1000) throw unauthenticated('This token has expired');
    const bytes = Buffer.from(allowed, 'base64');
    const permissions = permission_messages.ExplicitPermissions.deserializeBinary(bytes);
    return { tokenId: id, permissions, isForeign: foreign === true };
  }

  #sign(claims: string): string {
    return createHmac('sha256', this.#secret).update(claims).digest('base64url');
  }
}
