// Access to the real Momento, with the user's own key from the environment.
import type { CredentialProvider } from '@gomomento/sdk';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';
import { apiKeyKind } from '../../handlers/core/api-key';
import { UsageError } from './flags';
import { ignoreProxies } from './proxies';

/** From MOMENTO_API_KEY, and with a v2 key from MOMENTO_ENDPOINT. Throws UsageError if they are not valid. */
export function accessFromEnvironment(): CredentialProvider {
  const { MOMENTO_API_KEY: apiKey, MOMENTO_ENDPOINT: endpoint, MOMENTO_ENDPOINT_URL: url } = process.env;
  if (!apiKey)
    throw new UsageError('MOMENTO_API_KEY is missing: set it to an API key that may use the cache');
  const kind = apiKeyKind(apiKey);
  if (!kind)
    throw new UsageError(
      "MOMENTO_API_KEY is not a Momento API key: copy the whole key from Momento's console",
    );
  if (kind === 'v2' && !endpoint) {
    throw new UsageError('MOMENTO_ENDPOINT is missing: the v2 key in MOMENTO_API_KEY needs it');
  }
  const local = localMomento(url);
  if (local) ignoreProxies();
  return apiKeyCredentials(apiKey, { endpoint, local });
}
