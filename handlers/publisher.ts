// The publisher: a backend says who writes what on which course, and it is published with a token of that user's own.
import { backendHandler } from './adapters/backend-calls';
import { optional, setting, wholeNumber } from './adapters/environment';
import { count, timed } from './adapters/metrics';
import { localMomento } from './adapters/momento-credentials';
import { Tokens } from './adapters/tokens';
import { TokenRefused, Topic } from './adapters/topic';
import { messageText, publicationSchema } from './core/comment';
import type { Deadline } from './core/deadline';

const momento = {
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
  cacheName: setting('CACHE_NAME'),
  topicName: setting('TOPIC_NAME'),
};
const tokens = new Tokens({
  ...momento,
  apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
  ttlMinutes: wholeNumber('TOKEN_TTL_MINUTES'),
});
const topic = new Topic(momento);

/** Takes `{userId, courseId, comment}`. */
export const handler = backendHandler({
  schema: publicationSchema,
  outcome: 'published',
  counts: { done: 'Published', failed: 'NotPublished' },
  async work({ userId, ...message }, deadline, requestId) {
    await publish(userId, messageText(message, requestId), deadline);
    return {};
  },
});

/** Publishes as the user; once more with a new token where a kept one is not accepted any more. */
async function publish(userId: string, text: string, deadline: Deadline): Promise<void> {
  const { token, kept } = await tokens.get(userId);
  count(kept ? 'TokenCacheHit' : 'TokenCacheMiss');
  try {
    await timed('PublishLatency', topic.publish(text, token, deadline));
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    tokens.drop(userId);
    if (kept) await publish(userId, text, deadline);
    else throw error;
  }
}
