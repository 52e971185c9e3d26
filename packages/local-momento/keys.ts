// API keys in both forms. A legacy key is base64 of JSON {endpoint, api_key}; a v2 key is a JWT with the claim `t` "g".
import { randomBytes } from 'node:crypto';

/**
 * What is wrong with an API key, and the status that its calls get:
 * - `revoked`: it is unknown: UNAUTHENTICATED
 * - `read-only`: it may only read caches and subscribe to topics: PERMISSION_DENIED for the rest
 * - `foreign`: it belongs to another account, which has none of these caches: NOT_FOUND
 */
export const KEY_TROUBLES = ['revoked', 'read-only', 'foreign'] as const;
export type KeyTrouble = (typeof KEY_TROUBLES)[number];

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A made-up legacy key in the form of Momento's console. */
export function makeLegacyKey(): string {
  const api_key = `${base64url({ alg: 'HS256' })}.${base64url({ sub: 'local' })}.${randomBytes(32).toString('base64url')}`;
  return Buffer.from(JSON.stringify({ endpoint: 'local.momento.test', api_key })).toString('base64');
}

/** A made-up v2 key. */
export function makeV2Key(): string {
  return `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ t: 'g', id: randomBytes(8).toString('hex') })}.${randomBytes(32).toString('base64url')}`;
}

/** A client's `authorization` for a whole key: the inner `api_key` of a legacy key, or a v2 key itself. */
export function authorizationOf(key: string): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(key, 'base64').toString());
    if (typeof parsed === 'object' && parsed !== null && 'api_key' in parsed) {
      if (typeof parsed.api_key === 'string') return parsed.api_key;
    }
  } catch {
    // Not base64 of JSON: a v2 key.
  }
  return key;
}
