// Stores a verified comment under its publisher's identity, in the sorted set of its course.
import { optional, setting, wholeNumber } from '../handlers/adapters/environment';
import { localMomento } from '../handlers/adapters/momento-credentials';
import { SortedSets } from '../handlers/adapters/sorted-sets';
import { before, type Deadline } from '../handlers/core/deadline';
import { isOneIn, type TopicEvent } from '../handlers/core/event';
import type { EventHandler } from '../handlers/core/event-handler';
import { commentElement } from './comment-element';
import type { Message } from './message';

/** One write in this many also removes the oldest comments. The event's id decides which write. */
const CUT_ONE_IN = 50;

const commentsPerCourse = wholeNumber('COMMENTS_PER_COURSE');
const courses = new SortedSets({
  apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
  cacheName: setting('CACHE_NAME'),
  ttlSeconds: wholeNumber('COMMENT_TTL_SECONDS'),
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
});

export const eventHandler: EventHandler<Message> = {
  async handle(event, message, deadline) {
    const element = commentElement(message, event);
    const putting = before(deadline, courses.put(element));
    // At the same time, and sent after it: where nothing is to be cut, the event waits for one round trip alone.
    const cutting = isOneIn(CUT_ONE_IN, event) ? cut(element.set, event, message, deadline) : undefined;
    await putting;
    await cutting;
  },
};

/** Never rejects: the comment is stored whether or not older ones are cut, and a later write cuts again. */
async function cut(course: string, event: TopicEvent, message: Message, deadline: Deadline): Promise<void> {
  try {
    await before(deadline, courses.cut(course, commentsPerCourse));
  } catch {
    console.warn({ outcome: 'not cut', eventId: event.id, requestId: message.requestId });
  }
}
