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
  return {
    course: { S: String(courseId) },
    position: { S: `${String(event.event_timestamp).padStart(TIME_DIGITS, '0')} ${event.id}` },
    userID: { S: event.token_id },
    comment: { S: comment },
    expiresAt: { N: String(expiryOf(event.event_timestamp, ttlDays)) },
  };
}

/** When DynamoDB removes the items of an event of this time, in seconds since the epoch. */
export function expiryOf(time: number, ttlDays: number): number {
  return Math.floor(time / 1000) + ttlDays * DAY_SECONDS;
}

/** The key of the item that remembers when an event came for the first time: no comment's, whose position begins with digits. */
export function firstTimeKey(event: TopicEvent): Record<string, AttributeValue> {
  return { course: { S: `\u0001event ${event.id}` }, position: { S: 'first time' } };
}

/** The time at the start of a `position`. */
export function timeOf(position: string): Date {
  return new Date(Number(position.slice(0, TIME_DIGITS)));
}
