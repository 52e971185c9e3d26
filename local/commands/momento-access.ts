// The real Momento, with a user's own key from the environment.
import type { CredentialProvider } from '@gomomento/sdk';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';
import { apiKeyKind } from '../../handlers/core/api-key';
import { UsageError } from './flags';

/** Of MOMENTO_API_KEY, with a v2 key and MOMENTO_ENDPOINT. Throws UsageError where they will not do. */
export function accessFromEnvironment(): CredentialProvider {
  const { MOMENTO_API_KEY: apiKey, MOMENTO_ENDPOINT: endpoint, MOMENTO_ENDPOINT_URL: url } = process.env;
  if (!apiKey) throw new UsageError('MOMENTO_API_KEY is missing: an API key that may use the cache');
  const kind = apiKeyKind(apiKey);
  if (!kind)
    throw new UsageError("MOMENTO_API_KEY is no Momento API key: copy it whole from Momento's console");
  if (kind === 'v2' && !endpoint) {
    throw new UsageError(
      'MOMENTO_ENDPOINT is missing: the key in MOMENTO_API_KEY is a v2 key, which needs it',
    );
  }
  return apiKeyCredentials(apiKey, { endpoint, local: localMomento(url) });
}
