// The token service: a backend says who is signed in and gets a token. With it, that user's browser or phone publishes under
// this identity and no other.
import { backendHandler } from './adapters/backend-calls';
import { optional, setting, wholeNumber } from './adapters/environment';
import { localMomento } from './adapters/momento-credentials';
import { Tokens } from './adapters/tokens';
import { tokenRequestSchema } from './core/message';

const topic = { cacheName: setting('CACHE_NAME'), topicName: setting('TOPIC_NAME') };
const tokens = new Tokens({
  ...topic,
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
  apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
  ttlMinutes: wholeNumber('TOKEN_TTL_MINUTES'),
});

/** Takes `{userId}`, gives `{authToken, endpoint, expiresAt, cacheName, topicName}`. */
export const handler = backendHandler({
  schema: tokenRequestSchema,
  outcome: 'vended',
  counts: { done: 'Vended', failed: 'NotVended' },
  work: async ({ userId }) => ({ ...(await tokens.vend(userId)), ...topic }),
});
