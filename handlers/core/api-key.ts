// The two kinds of Momento API key (Momento's SDK: `isV2ApiKey`, `decodeAuthToken`).
import * as v from 'valibot';

const JWT = /^[\w-]+\.([\w-]+)\.[\w-]+$/;
const BASE64 = /^[\w+/-]+={0,2}$/;

const printable = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/));
const LEGACY = v.object({ api_key: printable, endpoint: printable });
const V2_CLAIMS = v.object({ t: v.literal('g') });

/**
 * `legacy`: base64 of JSON `{api_key, endpoint}`, like a disposable token. `v2`: a JWT whose claim `t` is `g`; it needs a
 * separate endpoint. Undefined: neither. The text must be the key and nothing else: gRPC sends it in a header, and for a text
 * that a header cannot hold, it throws an error whose message contains the key.
 */
export function apiKeyKind(key: string): 'legacy' | 'v2' | undefined {
  const [, claims] = JWT.exec(key) ?? [];
  if (claims) return holds(V2_CLAIMS, claims) ? 'v2' : undefined;
  return BASE64.test(key) && holds(LEGACY, key) ? 'legacy' : undefined;
}

function holds(schema: v.GenericSchema, base64: string): boolean {
  try {
    return v.is(schema, JSON.parse(Buffer.from(base64, 'base64').toString('utf8')));
  } catch {
    return false;
  }
}
