// The publisher: a backend says who writes what, and this function publishes it with that user's own token.
import { message } from '#application/message';
import { backendHandler } from './adapters/backend-calls';
import { optional, setting, wholeNumber } from './adapters/environment';
import { whileInitialising } from './adapters/initialisation';
import { localMomento } from './adapters/momento-credentials';
import { publishAs } from './adapters/publish-as';
import { Tokens } from './adapters/tokens';
import { Topic } from './adapters/topic';

const momento = {
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
  cacheName: setting('CACHE_NAME'),
  topicName: setting('TOPIC_NAME'),
};
const apiKeySecretArn = setting('API_KEY_SECRET_ARN');
const tokens = new Tokens({
  ...momento,
  apiKeySecretArn,
  ttlMinutes: wholeNumber('TOKEN_TTL_MINUTES'),
  may: [{ publish: momento.topicName }],
});
const topic = new Topic(momento);
whileInitialising(topic.prefetch(apiKeySecretArn));

/** Takes `{userId}` and the fields of the application's message. */
export const handler = backendHandler({
  schema: message.publication,
  outcome: 'published',
  counts: { done: 'Published', failed: 'NotPublished' },
  async work({ userId, ...fields }, deadline, requestId) {
    await publishAs(userId, message.textOf(fields, requestId), { tokens, topic }, deadline);
    return {};
  },
});
