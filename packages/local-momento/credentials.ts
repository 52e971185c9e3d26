// Identifies callers: an API key, a disposable token that this Momento vended, or unknown.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { permission_messages } from '@gomomento/generated-types/dist/permissionmessages';
import { cacheNotFound, permissionDenied, unauthenticated } from './errors';
import { authorizationOf, type KeyTrouble, makeLegacyKey } from './keys';
import { type Access, allows } from './permissions';

/** The caller of an operation: its token's id, empty for an API key, and its permissions. */
export interface Caller {
  tokenId: string;
  /** Undefined for an API key that may do everything. */
  permissions: permission_messages.ExplicitPermissions | undefined;
  /** Whether it may make super user keys: only a key that was not made by another. */
  isOwner?: boolean;
  /** Whether the key belongs to another account, which has no such cache. */
  isForeign?: boolean;
}

/** What a disposable token or an API key is to be vended with. */
export interface Grant {
  tokenId: string;
  /** Undefined for a super user. */
  permissions: permission_messages.ExplicitPermissions | undefined;
  /** Undefined if it never expires. */
  validForSeconds: number | undefined;
}

export interface Vended {
  /** The inner `api_key` of a token or a legacy key. */
  apiKey: string;
  refreshToken: string;
  /** Seconds since the epoch; 0 if it never expires. */
  validUntil: number;
}

/** The content of a token or an API key: validity and expiry (0: never) in seconds, id, permissions in base64. */
interface Claims {
  seconds?: number;
  exp: number;
  id: string;
  allowed?: string;
  foreign?: boolean;
  /** Makes each one different. */
  nonce: string;
}

const API_KEY: Caller = { tokenId: '', permissions: undefined, isOwner: true };
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

  /** A disposable token or an API key, in the account of the caller. */
  vend({ isForeign: foreign }: Caller, { tokenId, permissions, validForSeconds: seconds }: Grant): Vended {
    const allowed = permissions && Buffer.from(permissions.serializeBinary()).toString('base64');
    return this.#issue({ seconds, id: tokenId, allowed, foreign });
  }

  /**
   * The same key, valid for as long again.
   * @throws MomentoError (UNAUTHENTICATED) for a key that is not valid, or another key's refresh token.
   */
  refresh(apiKey: string, refreshToken: string): Vended {
    const claims = this.#verified(apiKey);
    if (!isEqual(refreshToken, this.#refreshTokenOf(claims))) {
      throw unauthenticated('This refresh token does not belong to this API key');
    }
    return this.#issue(read(claims));
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
    const { id, allowed, foreign } = read(this.#verified(authorization));
    const permissions =
      allowed === undefined
        ? undefined
        : permission_messages.ExplicitPermissions.deserializeBinary(Buffer.from(allowed, 'base64'));
    return { tokenId: id, permissions, isForeign: foreign === true };
  }

  #issue({ seconds, id, allowed, foreign }: Omit<Claims, 'exp' | 'nonce'>): Vended {
    const exp = seconds === undefined ? 0 : Math.floor(this.now() / 1000) + seconds;
    const nonce = randomBytes(6).toString('base64url');
    const content: Claims = { seconds, exp, id, allowed, foreign, nonce };
    const claims = Buffer.from(JSON.stringify(content)).toString('base64url');
    const apiKey = `local.${claims}.${this.#sign(claims)}`;
    return { apiKey, refreshToken: this.#refreshTokenOf(claims), validUntil: exp };
  }

  /** The claims of a token or key that this Momento vended and that has not expired. */
  #verified(authorization: string): string {
    const [kind, claims, signature, ...more] = authorization.split('.');
    if (kind !== 'local' || claims === undefined || signature === undefined || more.length > 0) {
      throw unauthenticated('This API key or token is not known here');
    }
    if (!isEqual(signature, this.#sign(claims)))
      throw unauthenticated('This API key or token was not vended here');
    const { exp } = read(claims);
    if (exp !== 0 && this.now() >= exp * 1000) throw unauthenticated('This API key or token has expired');
    return claims;
  }

  #refreshTokenOf(claims: string): string {
    return this.#sign(`refresh ${claims}`);
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('base64url');
  }
}

/** @param claims with a valid signature, so that this Momento wrote them */
const read = (claims: string): Claims => JSON.parse(Buffer.from(claims, 'base64url').toString());

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
