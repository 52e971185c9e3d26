// The two kinds of Momento API key (Momento's SDK: `isV2ApiKey`, `decodeAuthToken`).

const JWT = /^[\w-]+\.([\w-]+)\.[\w-]+$/;
const BASE64 = /^[\w+/-]+={0,2}$/;
const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * `legacy`: base64 of JSON `{api_key, endpoint}`, as disposable tokens are; `v2`: a JWT whose claim `t` is `g`, which
 * needs its endpoint beside it; undefined: neither. Exactly the key and no more: gRPC carries it in a header, and throws, with
 * the key in its message, where that cannot hold it.
 */
export function apiKeyKind(key: string): 'legacy' | 'v2' | undefined {
  const [, claims] = JWT.exec(key) ?? [];
  if (claims) return field(claims, 't') === 'g' ? 'v2' : undefined;
  const isLegacy = BASE64.test(key) && ['api_key', 'endpoint'].every((name) => isPrintable(field(key, name)));
  return isLegacy ? 'legacy' : undefined;
}

function isPrintable(value: unknown): boolean {
  return typeof value === 'string' && PRINTABLE.test(value);
}

function field(base64: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined;
  } catch {
    return undefined;
  }
}
