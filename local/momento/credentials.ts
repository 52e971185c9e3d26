// Who calls: an API key, a disposable token that this Momento vended, or nobody it knows.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { permission_messages } from '@gomomento/generated-types/dist/permissionmessages';
import { permissionDenied, unauthenticated } from './errors';
import { authorizationOf } from './keys';
import { type Access, allows } from './permissions';

/** Who made a call: the id of the token it was made with, empty for an API key, and what it may do. */
export interface Caller {
  tokenId: string;
  /** Undefined: an API key, which may do everything. */
  permissions: permission_messages.ExplicitPermissions | undefined;
}

/** What a token carries: when it expires (seconds since the epoch), whom it is for, and its permissions in base64. */
interface Claims {
  exp: number;
  id: string;
  allowed: string;
}

const API_KEY: Caller = { tokenId: '', permissions: undefined };

/** @throws MomentoError (PERMISSION_DENIED) where the caller's token does not allow it. */
export function authorize(caller: Caller, access: Access): void {
  if (caller.permissions === undefined || allows(caller.permissions, access)) return;
  throw permissionDenied(`This token does not allow it: ${describe(access)}`);
}

function describe(access: Access): string {
  if (access.kind === 'topic') return `${access.verb} on a topic of cache ${JSON.stringify(access.cache)}`;
  if (access.kind === 'cache') return `${access.verb} in cache ${JSON.stringify(access.cache)}`;
  return 'caches, webhooks and tokens are managed with an API key';
}

export class Credentials {
  /** Tokens carry what they allow, signed: however many are vended, nothing is kept of them. */
  readonly #secret = randomBytes(32);
  #accepted: ReadonlySet<string> = new Set();

  constructor(
    keys: readonly string[],
    private readonly now: () => number,
  ) {
    this.setApiKeys(keys);
  }

  /** Whole keys, legacy or v2; none: a call without any key is let in as one with an API key. */
  setApiKeys(keys: readonly string[]): void {
    this.#accepted = new Set(keys.map(authorizationOf));
  }

  /** The inner `api_key` of a disposable token, good until `expiresAt` (seconds since the epoch). */
  vend(tokenId: string, permissions: permission_messages.ExplicitPermissions, expiresAt: number): string {
    const allowed = Buffer.from(permissions.serializeBinary()).toString('base64');
    const claims = Buffer.from(JSON.stringify({ exp: expiresAt, id: tokenId, allowed })).toString(
      'base64url',
    );
    return `local.${claims}.${this.#sign(claims)}`;
  }

  /** @throws MomentoError (UNAUTHENTICATED) for a key or token that is missing, unknown, forged or expired. */
  identify(authorization: string): Caller {
    if (this.#accepted.has(authorization)) return API_KEY;
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

  /** @param claims whose signature holds, so that they are what `vend` wrote. */
  #callerOf(claims: string): Caller {
    const { exp, id, allowed }: Claims = JSON.parse(Buffer.from(claims, 'base64url').toString());
    if (this.now() >= exp * 1000) throw unauthenticated('This token has expired');
    const bytes = Buffer.from(allowed, 'base64');
    return { tokenId: id, permissions: permission_messages.ExplicitPermissions.deserializeBinary(bytes) };
  }

  #sign(claims: string): string {
    return createHmac('sha256', this.#secret).update(claims).digest('base64url');
  }
}
