// The event that Momento's webhook delivers (Momento's documentation of webhooks, "Event body").
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { StaleEvent } from './errors';
import { parseJson } from './parse';
import { uint64Schema } from './uint64';

/** How far `publish_timestamp` may be from now, either way, in milliseconds. Momento advises this against replays. */
export const TOLERANCE_MS = 60_000;

const text = (message: string) => v.string(message);
const count = (message: string) => v.pipe(v.number(message), v.safeInteger(message), v.minValue(0, message));

const MILLISECONDS = 'must be milliseconds since the epoch';
const SEQUENCE = 'must be a whole number from 0';

interface Source {
  readonly cache: string;
  readonly topic: string;
}

const only = (expected: string | undefined, message: string) =>
  expected === undefined ? text('must be a string') : v.literal(expected, message);

/** The fields of an event. `expected` is the only cache and topic that it may come from, if that is still to be checked. */
const eventSchema = (expected?: Source) =>
  v.object(
    {
      cache: only(expected?.cache, 'must be the cache of this webhook'),
      topic: only(expected?.topic, 'must be the topic of this webhook'),
      event_timestamp: count(MILLISECONDS),
      publish_timestamp: count(MILLISECONDS),
      topic_sequence_number: count(SEQUENCE),
      /** Only the relay knows the page. With it, an event keeps its identity however often it is received. */
      topic_sequence_page: v.optional(uint64Schema(SEQUENCE)),
      token_id: v.pipe(
        text('must be a string'),
        v.minLength(1, 'must not be empty: publish with a token that carries a token id'),
        v.check((id) => id.isWellFormed(), 'must be well-formed Unicode'),
      ),
      text: text('must be a string'),
    },
    'must be an object',
  );

export type EventFields = v.InferOutput<ReturnType<typeof eventSchema>>;

/** An event, and the identity that follows from it. */
export type TopicEvent = EventFields & { readonly id: string };

/**
 * A parser for the body of an event whose signature has been checked.
 * It throws Unprocessable, naming the fields, if the body is not an event of the expected cache and topic. Without
 * `expected`, any cache and topic are accepted.
 */
export function eventParser(expected?: Source) {
  const schema = eventSchema(expected);
  return (body: string): TopicEvent => identified(parseJson(schema, body));
}

/** An event with the identity that follows from its fields. */
export function identified(fields: EventFields): TopicEvent {
  return { ...fields, id: eventId(fields) };
}

/** Whether an event is one of so many, for work that is not due with each. Its id decides, so it is the same each time. */
export function isOneIn(many: number, { id }: TopicEvent): boolean {
  return Buffer.from(id, 'base64url').readUInt32BE() % many === 0;
}

/** Throws StaleEvent if the event was published more than TOLERANCE_MS from `now` (milliseconds), either way. */
export function refuseStale(event: TopicEvent, now: number): void {
  if (Math.abs(now - event.publish_timestamp) > TOLERANCE_MS) throw new StaleEvent();
}

/**
 * The identity of an event: the same however often it is delivered, different for every other event. Sequence numbers restart
 * after inactivity, so the identity also contains the page or, without a page, the time.
 */
function eventId(event: EventFields): string {
  const place =
    event.topic_sequence_page === undefined
      ? ['event_timestamp', event.event_timestamp]
      : ['topic_sequence_page', event.topic_sequence_page];
  const identity = [event.cache, event.topic, event.topic_sequence_number, place, event.token_id, event.text];
  return createHash('sha256').update(JSON.stringify(identity)).digest('base64url').slice(0, 22);
}
