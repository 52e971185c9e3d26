// Only browsers that show this page, on this machine, may talk to it. Any other site in the same browser can send requests
// to 127.0.0.1 too, under its own name or under one that it points there.
import type { IncomingMessage } from 'node:http';
import { isForThisServer } from '../aws/http';

export class Forbidden extends Error {
  override readonly name = 'Forbidden';
}

/**
 * Throws Forbidden unless the request names this page's own address and comes from this page. A request that only reads
 * may also come from no page at all.
 */
export function admit(request: IncomingMessage, port: number): void {
  const { method, headers } = request;
  if (!isForThisServer(request, port)) throw new Forbidden('this is not the address of the page');
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host}`) throw new Forbidden('another site asks');
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  if (site !== 'same-origin' && site !== 'none') throw new Forbidden('another site asks');
  if (method !== 'GET' && method !== 'HEAD' && origin === undefined) {
    throw new Forbidden('what changes something must come from the page');
  }
}

/** Set on every answer. Only the page's own scripts run, nothing loads from elsewhere, and no text becomes markup. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** For a page whose scripts also speak to the Momento at this address, with a user's token. */
export function pageHeaders(momentoUrl: string): Readonly<Record<string, string>> {
  const policy = SECURITY_HEADERS['content-security-policy'] ?? '';
  return {
    ...SECURITY_HEADERS,
    'content-security-policy': policy.replace("connect-src 'self'", `connect-src 'self' ${momentoUrl}`),
  };
}
