// Moderated chat: what users publish is checked against a word list, and what passes is published, under its sender's id,
// to a second topic. The room's readers subscribe to that one alone, so nobody reads what was not checked.
//
// An event may come again, at the same moment or late, and publishing is not idempotent: what was published once cannot be
// published "again without effect", and a publish that timed out may have happened. So two things make it so:
// - each message carries its event's id, and readers show an id once: that alone makes a repetition harmless;
// - what was published is remembered in the cache, so that an event that is replayed does not fill the room.
// Remembering comes after publishing. The other way round, a failure between the two would lose a message that the sender
// was told is safe; this way it can at worst come twice, with the same id.
import { Cache } from './adapters/cache';
import { optional, setting, wholeNumber } from './adapters/environment';
import { localMomento } from './adapters/momento-credentials';
import { publishAs } from './adapters/publish-as';
import { Tokens } from './adapters/tokens';
import { Topic } from './adapters/topic';
import { type Message, messageSchema } from './core/comment';
import { before, type Deadline } from './core/deadline';
import { Unprocessable } from './core/errors';
import type { TopicEvent } from './core/event';
import { parseJson } from './core/parse';

/** In lower case. A real room reads its own from the cache. */
const UNWANTED: ReadonlySet<string> = new Set(['spam', 'scam']);

/** Momento's limit for a message, in bytes of UTF-8. */
const MAX_MESSAGE_BYTES = 4096;

const TOKEN_TTL_MINUTES = 30;

const momento = {
  apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
  cacheName: setting('CACHE_NAME'),
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
};
const room = { ...momento, topicName: `${setting('TOPIC_NAME')}-moderated` };
const tokens = new Tokens({ ...room, ttlMinutes: TOKEN_TTL_MINUTES });
const topic = new Topic(room);
const cache = new Cache({ ...momento, ttlSeconds: wholeNumber('COMMENT_TTL_SECONDS') });

/** What was published. Throws Unprocessable where it is no message, or leaves no room for the event's id. */
export function readMessage(event: TopicEvent): Message {
  const message = parseJson(messageSchema, event.text, 'text');
  if (Buffer.byteLength(moderatedText(event, message)) > MAX_MESSAGE_BYTES) {
    throw new Unprocessable('text is too long');
  }
  return message;
}

/** Publishes the message to the room unless it holds an unwanted word. Rejects where it may not have been published. */
export async function storeComment(event: TopicEvent, message: Message, deadline: Deadline): Promise<void> {
  if (!isWanted(message.comment)) {
    console.info({ outcome: 'held back', eventId: event.id, requestId: message.requestId });
    return;
  }
  await before(deadline, publishOnce(event, message, deadline));
}

async function publishOnce(event: TopicEvent, message: Message, deadline: Deadline): Promise<void> {
  // Keys that begin with U+0001 are the program's own: no course can have such a name.
  const published = `\u0001published/${event.id}`;
  const { cacheName } = momento;
  const known = await cache.call((client) => client.get(cacheName, published));
  if (known.value() !== undefined) return;
  await publishAs(event.token_id, moderatedText(event, message), { tokens, topic }, deadline);
  // Without it the message may come once more, which its readers see by its id.
  await cache.call((client) => client.set(cacheName, published, '')).catch(() => undefined);
}

function moderatedText(event: TopicEvent, message: Message): string {
  return JSON.stringify({ ...message, eventId: event.id });
}

function isWanted(comment: string): boolean {
  const words = comment
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return !words.some((word) => UNWANTED.has(word));
}
