// Credentials for Momento's SDK from either kind of API key, and the address of a Momento on this machine.
import { CredentialProvider } from '@gomomento/sdk';
import { apiKeyKind } from '../core/api-key';

const LOOPBACK = /^http:\/\/(127(?:\.\d{1,3}){3}|\[::1\]):(\d{1,5})\/?$/;

/**
 * The `host:port` of a Momento on this machine, from MOMENTO_ENDPOINT_URL, or undefined for the real one.
 * Keys would travel there in plain text, so anything but a literal loopback address is refused.
 */
export function localMomento(url: string | undefined): string | undefined {
  if (!url) return undefined;
  const match = LOOPBACK.exec(url);
  if (!match)
    throw new Error('MOMENTO_ENDPOINT_URL must be a literal loopback address: http://127.0.0.1:PORT');
  return `${match[1]}:${match[2]}`;
}

export interface MomentoAccess {
  /** The endpoint of a v2 key's region, such as `cell-1-us-east-1-1.prod.a.momentohq.com`; a legacy key carries its own. */
  readonly endpoint?: string;
  /** `host:port` of a Momento on this machine. */
  readonly local?: string;
}

/** Its message never holds the key. */
class UnusableApiKey extends Error {
  override readonly name = 'UnusableApiKey';
}

/** Credentials for an API key: a legacy one, or a v2 one with its endpoint. Throws UnusableApiKey if it is neither. */
export function apiKeyCredentials(apiKey: string, { endpoint, local }: MomentoAccess): CredentialProvider {
  const kind = apiKeyKind(apiKey);
  const own = local && ownTarget(local);
  if (kind === 'legacy') return tokenCredentials(apiKey, { local: own });
  if (kind !== 'v2') throw new UnusableApiKey('the API key is neither a legacy nor a v2 one');
  if (!endpoint) throw new UnusableApiKey('a v2 API key needs its endpoint');
  const v2 = CredentialProvider.fromApiKeyV2({ apiKey, endpoint });
  return own ? new LocalCredentials(v2.getAuthToken(), own) : v2;
}

let targets = 0;

/**
 * A unique name for an address on this machine. Plain-text gRPC clients of one target share a connection, even one that was
 * dropped as dead; TLS clients never do.
 */
function ownTarget(local: string): string {
  return `${local.startsWith('[') ? 'ipv6' : 'ipv4'}://${++targets}/${local}`;
}

/** Credentials for a disposable token; a legacy API key has the same form. */
export function tokenCredentials(token: string, { local }: Pick<MomentoAccess, 'local'>): CredentialProvider {
  const overrides = local && {
    cacheEndpoint: local,
    controlEndpoint: local,
    tokenEndpoint: local,
    secureConnection: false,
  };
  return CredentialProvider.fromDisposableToken({
    apiKey: token,
    ...(overrides && { endpointOverrides: overrides }),
  });
}

/** The SDK's provider for v2 keys accepts no other endpoint. This one sends the key to a Momento on this machine. */
class LocalCredentials extends CredentialProvider {
  constructor(
    private readonly apiKey: string,
    private readonly address: string,
  ) {
    super();
  }
  getAuthToken() {
    return this.apiKey;
  }
  getCacheEndpoint() {
    return this.address;
  }
  getControlEndpoint() {
    return this.address;
  }
  getTokenEndpoint() {
    return this.address;
  }
  isEndpointSecure() {
    return false;
  }
  isCacheEndpointSecure() {
    return false;
  }
  isControlEndpointSecure() {
    return false;
  }
  isTokenEndpointSecure() {
    return false;
  }
  areEndpointsOverridden() {
    return true;
  }
  withMomentoLocal() {
    return this;
  }
}
