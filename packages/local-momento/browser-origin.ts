// Which pages in a browser may call: those of this machine. Any other site in the same browser can send requests to
// 127.0.0.1 too, under its own name or under one that it points there (DNS rebinding).
import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/;

/** How long a browser may remember the answer to a preflight request, in seconds. */
const PREFLIGHT_SECONDS = '7200';

/** The page's origin; empty if no page asks; undefined if it is not one of this machine. */
export function allowedOrigin({ headers: { origin } }: IncomingMessage): string | undefined {
  if (origin === undefined) return '';
  return URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname) ? origin : undefined;
}

/** The port may be another one, where a container's is published. */
export function isOwnHost({ headers: { host = '' } }: IncomingMessage): boolean {
  return LOOPBACK.test(host.replace(/:\d{1,5}$/, ''));
}

/** Lets that origin alone call and read the answers. Metadata are headers with any name. */
export function corsHeaders(origin: string, { headers }: IncomingMessage): Record<string, string> {
  if (origin === '') return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '',
    'access-control-max-age': PREFLIGHT_SECONDS,
    vary: 'Origin, Access-Control-Request-Headers',
  };
}
