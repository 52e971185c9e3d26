// The token service: a backend says who is signed in and gets a token. With it, that user's browser or phone publishes under
// this identity and no other, and does what else the application declares.
import { userToken } from '#application/tokens';
import { backendHandler } from './adapters/backend-calls';
import { optional, setting, wholeNumber } from './adapters/environment';
import { localMomento } from './adapters/momento-credentials';
import { TokenVending } from './adapters/token-vending';

const topic = { cacheName: setting('CACHE_NAME'), topicName: setting('TOPIC_NAME') };
const vending = new TokenVending({
  cacheName: topic.cacheName,
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
  apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
  ttlMinutes: wholeNumber('TOKEN_TTL_MINUTES'),
});

/** Takes `{userId}` and the application's fields, gives `{authToken, endpoint, expiresAt, cacheName, topicName}` and its answer. */
export const handler = backendHandler({
  schema: userToken.request,
  outcome: 'vended',
  counts: { done: 'Vended', failed: 'NotVended' },
  async work(request) {
    const vended = await vending.vend(request.userId, userToken.may(request, topic.topicName));
    return { ...userToken.answer?.(request), ...vended, ...topic };
  },
});
