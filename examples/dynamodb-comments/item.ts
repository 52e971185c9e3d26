// A comment as an item of the table.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { TopicEvent } from '../../handlers/core/event';
import type { Message } from './message';

/** Digits of a time in milliseconds: the order of the strings is that of the times until the year 2286. */
const TIME_DIGITS = 13;
const DAY_SECONDS = 24 * 3600;

/**
 * The item for a message: a pure function of the event, so that a repeated put changes nothing. `position` orders a course's
 * comments by time and contains the event's id; `userID` is the identity that the token carried.
 * @param ttlDays the number of days after which DynamoDB removes it
 */
export function commentItem(
  { comment, courseId }: Message,
  event: TopicEvent,
  ttlDays: number,
): Record<string, AttributeValue> {
  const expiresAt = Math.floor(event.event_timestamp / 1000) + ttlDays * DAY_SECONDS;
  return {
    course: { S: String(courseId) },
    position: { S: `${String(event.event_timestamp).padStart(TIME_DIGITS, '0')} ${event.id}` },
    userID: { S: event.token_id },
    comment: { S: comment },
    expiresAt: { N: String(expiresAt) },
  };
}

/** The time at the start of a `position`. */
export function timeOf(position: string): Date {
  return new Date(Number(position.slice(0, TIME_DIGITS)));
}
