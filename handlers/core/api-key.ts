// The two kinds of Momento API key (Momento's SDK: `isV2ApiKey`, `decodeAuthToken`).

/**
 * `legacy`: base64 of JSON `{api_key, endpoint}`, as disposable tokens are; `v2`: a JWT whose claim `t` is `g`, which
 * needs its endpoint beside it; undefined: neither.
 */
export function apiKeyKind(key: string): 'legacy' | 'v2' | undefined {
  const [header, claims, signature] = key.split('.');
  if (header && claims && signature) return field(claims, 't') === 'g' ? 'v2' : undefined;
  return field(key, 'api_key') && field(key, 'endpoint') ? 'legacy' : undefined;
}

function field(base64: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined;
  } catch {
    return undefined;
  }
}
