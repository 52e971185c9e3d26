// Moderated chat. Users' messages are checked against a word list; those that pass are published, under their sender's id, to
// a second topic. The room's readers subscribe only to that topic, so nobody reads an unchecked message.
//
// An event may come again, at the same moment or later, and publishing is not idempotent: it cannot be repeated without
// effect, and a publish that timed out may have happened. Two things make up for that:
// - Each message carries its event's id, and readers show an id once. That alone makes a repetition harmless.
// - The room's history remembers what was published, so that a replayed event does not fill the room.
// Remembering comes after publishing. In the other order, a failure between the two would lose a message that the sender was
// told is safe. In this order, the message can at worst come twice, with the same id.
import { Cache } from '../../handlers/adapters/cache';
import { optional, setting, wholeNumber } from '../../handlers/adapters/environment';
import { localMomento } from '../../handlers/adapters/momento-credentials';
import { publishAs } from '../../handlers/adapters/publish-as';
import { type Element, SortedSets } from '../../handlers/adapters/sorted-sets';
import { Tokens } from '../../handlers/adapters/tokens';
import { Topic } from '../../handlers/adapters/topic';
import { before, type Deadline } from '../../handlers/core/deadline';
import { Unprocessable } from '../../handlers/core/errors';
import type { TopicEvent } from '../../handlers/core/event';
import type { EventHandler } from '../../handlers/core/event-handler';
import { MAX_MESSAGE_BYTES } from '../../handlers/core/message';
import type { Message } from './message';

/** In lower case. A real room reads its list from the cache. */
const UNWANTED: ReadonlySet<string> = new Set(['spam', 'scam']);

const TOKEN_TTL_MINUTES = 30;
/** How many messages stay in a room's history. */
const HISTORY = 100;

const momento = {
  apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
  cacheName: setting('CACHE_NAME'),
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
};
const room = { ...momento, topicName: `${setting('TOPIC_NAME')}-moderated` };
const lasting = { ...momento, ttlSeconds: wholeNumber('HISTORY_TTL_SECONDS') };
const tokens = new Tokens({ ...momento, ttlMinutes: TOKEN_TTL_MINUTES, may: [{ publish: room.topicName }] });
const topic = new Topic(room);
const cache = new Cache(lasting);
const history = new SortedSets(lasting);

export const eventHandler: EventHandler<Message> = {
  /** Publishing adds the event's id. The message must not become longer than Momento accepts. */
  check(event, message) {
    if (Buffer.byteLength(moderatedText(event, message)) <= MAX_MESSAGE_BYTES) return;
    throw new Unprocessable('text is too long');
  },
  async handle(event, message, deadline) {
    if (!isWanted(message.comment)) {
      console.info({ outcome: 'held back', eventId: event.id, requestId: message.requestId });
      return;
    }
    await before(deadline, publishOnce(event, message, deadline));
  },
};

async function publishOnce(event: TopicEvent, message: Message, deadline: Deadline): Promise<void> {
  const entry = historyEntry(event, message);
  const { cacheName } = momento;
  const known = await cache.call((client) => client.sortedSetGetScore(cacheName, entry.set, entry.value));
  if (known.score() !== undefined) return;
  await publishAs(event.token_id, moderatedText(event, message), { tokens, topic }, deadline);
  // If this fails, the message may come once more; readers recognize it by its id.
  await remember(entry).catch(() => undefined);
}

async function remember(entry: Element): Promise<void> {
  await history.put(entry);
  await history.cut(entry.set, HISTORY);
}

function historyEntry(event: TopicEvent, { courseId, comment }: Message): Element {
  const value = JSON.stringify({ userID: event.token_id, comment, eventId: event.id });
  return { set: String(courseId), score: event.event_timestamp, value };
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
