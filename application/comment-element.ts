// The element that is stored for a comment, in the sorted set of its course.
import type { Element } from '../handlers/adapters/sorted-sets';
import type { TopicEvent } from '../handlers/core/event';
import type { Message } from './message';

/**
 * The element for a message. Its score is `event_timestamp`, in milliseconds since the epoch. Its value is JSON of
 * `{userID, comment, eventId}`, in this order, so that the same event always gives the same bytes. `userID` is the identity
 * that the token carried, never something the message says.
 */
export function commentElement({ comment, courseId }: Message, event: TopicEvent): Element {
  return {
    set: String(courseId),
    score: event.event_timestamp,
    value: JSON.stringify({ userID: event.token_id, comment, eventId: event.id }),
  };
}
