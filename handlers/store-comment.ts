// What this application does with a verified event: it stores a comment under the identity of who published it. To do
// something else, replace this file alone. What replaces it must be idempotent too: an event may come again, at the same
// moment or late.
import { Comments } from './adapters/comments';
import { optional, setting, wholeNumber } from './adapters/environment';
import { localMomento } from './adapters/momento-credentials';
import { commentElement, type Message, messageSchema } from './core/comment';
import { before, type Deadline } from './core/deadline';
import type { TopicEvent } from './core/event';
import { parseJson } from './core/parse';

/** The oldest comments are cut on one write in this many; which, the event's id decides. */
const CUT_ONE_IN = 50;

const commentsPerCourse = wholeNumber('COMMENTS_PER_COURSE');
const comments = new Comments({
  apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
  cacheName: setting('CACHE_NAME'),
  ttlSeconds: wholeNumber('COMMENT_TTL_SECONDS'),
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
});

/** What the publisher wrote. Throws Unprocessable, naming the field, where it is not what this application expects. */
export function readMessage(event: TopicEvent): Message {
  return parseJson(messageSchema, event.text, 'text');
}

/** Stores the comment once, however often it is called with the same event. Rejects where it may not be stored. */
export async function storeComment(event: TopicEvent, message: Message, deadline: Deadline): Promise<void> {
  const element = commentElement(message, event);
  await before(deadline, comments.put(element));
  if (Buffer.from(event.id, 'base64url').readUInt32BE() % CUT_ONE_IN !== 0) return;
  try {
    await before(deadline, comments.cut(element.course, commentsPerCourse));
  } catch {
    // The comment is stored, and a later write cuts again.
    console.warn({ outcome: 'not cut', eventId: event.id, requestId: message.requestId });
  }
}
