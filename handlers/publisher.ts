// The publisher: a backend says who writes what on which course, and it is published with a token of that user's own.
import { optional, setting, wholeNumber } from './adapters/environment';
import { count, publishMetrics, timed } from './adapters/metrics';
import { localMomento } from './adapters/momento-credentials';
import { Tokens } from './adapters/tokens';
import { TokenRefused, Topic } from './adapters/topic';
import { messageText, publicationSchema } from './core/comment';
import { before, type Deadline } from './core/deadline';
import { Refusal, reasonOf } from './core/errors';
import { type Answer, failure, isUrlRequest, postedBytes, success } from './core/http';
import { parse, parseJson } from './core/parse';

/** A message has at most 4 KB; escaped in JSON it can be several times that, and the rest is small. */
const MAX_BODY_BYTES = 64 * 1024;

/** Milliseconds in which the whole request is answered. */
const ANSWER_WITHIN_MS = 5_000;

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

/** Takes a Function URL's request, or the JSON `{userId, courseId, comment}` of a direct invocation. */
export async function handler(payload: unknown): Promise<Answer> {
  try {
    const { userId, ...message } = isUrlRequest(payload)
      ? parseJson(publicationSchema, postedBytes(payload, MAX_BODY_BYTES).toString('utf8'))
      : parse(publicationSchema, payload);
    const deadline = Date.now() + ANSWER_WITHIN_MS;
    await before(deadline, publish(userId, messageText(message), deadline));
    count('Published');
    console.info({ outcome: 'published' });
    return success();
  } catch (error) {
    const expected = error instanceof Refusal && error.status < 500;
    count('NotPublished');
    console[expected ? 'warn' : 'error']({ outcome: 'not published', reason: reasonOf(error) });
    return failure(error);
  } finally {
    publishMetrics();
  }
}

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
