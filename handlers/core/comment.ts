// The message that users publish, and the element that is stored for it.
import * as v from 'valibot';
import type { TopicEvent } from './event';

const CONTROL_CHARACTER = /\p{Cc}/u;

/** The name of a course. Names that begin with a control character stay free for the program's own keys. */
const courseId = v.custom<number | string>(
  (id) =>
    Number.isSafeInteger(id) ||
    (typeof id === 'string' &&
      id.trim() !== '' && // Momento takes no blank name
      id.length <= 256 &&
      id.isWellFormed() &&
      !CONTROL_CHARACTER.test(id)),
  'must be a safe integer, or a string of 1 to 256 characters that is not blank and has no control characters',
);

const comment = v.pipe(
  v.string('must be a string of at least 1 character'),
  v.minLength(1, 'must be a string of at least 1 character'),
);

/** Of the request that published a message: a UUID, by which it is found in the logs. Anything else counts as absent. */
const requestId = v.fallback(v.optional(v.pipe(v.string(), v.uuid(), v.toLowerCase())), undefined);

/**
 * `{comment, courseId}`, and from this project's publisher `requestId`: one schema for who publishes it and for who
 * receives it. Unknown fields are ignored.
 */
export const messageSchema = v.object({ comment, courseId, requestId }, 'must be an object');

export type Message = v.InferOutput<typeof messageSchema>;

/** Momento's limit for a message, in bytes of UTF-8. */
const MAX_MESSAGE_BYTES = 4096;

const USER_ID = 'must be a string of 1 to 64 characters';

/** Momento's token ids have at most 64 characters. */
const userId = v.pipe(
  v.string(USER_ID),
  v.minLength(1, USER_ID),
  v.maxLength(64, USER_ID),
  v.check((id) => id.isWellFormed(), 'must be well-formed Unicode'),
);

/** What the token service takes: whose token it is to be. */
export const tokenRequestSchema = v.object({ userId }, 'must be an object');

/** As long as any request id. */
const A_REQUEST_ID = '00000000-0000-0000-0000-000000000000';

/** What the publisher takes: a message, and who writes it. */
export const publicationSchema = v.pipe(
  v.object({ userId, comment, courseId }, 'must be an object'),
  v.forward(
    v.partialCheck(
      [['comment'], ['courseId']],
      (message) => Buffer.byteLength(messageText(message, A_REQUEST_ID)) <= MAX_MESSAGE_BYTES,
      `is too long: with courseId and a request id, as JSON, it must be at most ${MAX_MESSAGE_BYTES} bytes of UTF-8`,
    ),
    ['comment'],
  ),
);

/** A message as it travels on the topic. */
export function messageText({ comment, courseId }: Message, requestId: string): string {
  return JSON.stringify({ comment, courseId, requestId });
}

/** One comment of a course's sorted set: the score orders it, the value identifies it. */
export interface CommentElement {
  /** The name of the sorted set. */
  readonly course: string;
  /** Milliseconds since the epoch. */
  readonly score: number;
  /** JSON of `{userID, comment, eventId}`, in this order: the same event always gives the same bytes. */
  readonly value: string;
}

/** The element for a message. `userID` is the identity that the token carried, never something the message says. */
export function commentElement(message: Message, event: TopicEvent): CommentElement {
  return {
    course: String(message.courseId),
    score: event.event_timestamp,
    value: JSON.stringify({ userID: event.token_id, comment: message.comment, eventId: event.id }),
  };
}
