// Multi-language chat. The webhook withholds what is offensive or too much, translates the rest, and publishes it on the topic
// of each language, under its sender's id.
//
// An event may come again, and parts of handling it may have been done. Each language is handled by itself, and remembers in
// its sorted set what was done, after doing it. So one language's failure holds up no other; the event comes again from the
// queue, and only what is missing is done. What is published twice carries the same id, and clients show an id once.
import { optional, setting, wholeNumber } from '../../handlers/adapters/environment';
import { localMomento } from '../../handlers/adapters/momento-credentials';
import { publishAs } from '../../handlers/adapters/publish-as';
import { SortedSets } from '../../handlers/adapters/sorted-sets';
import { Tokens } from '../../handlers/adapters/tokens';
import { Topic } from '../../handlers/adapters/topic';
import { before, type Deadline } from '../../handlers/core/deadline';
import { isOneIn, type TopicEvent } from '../../handlers/core/event';
import type { EventHandler } from '../../handlers/core/event-handler';
import { chatItem, isOf, type Reason, withheldItem } from './item';
import { chatIn, languagesIn } from './languages';
import type { Message } from './message';
import { isOffensive } from './moderation';
import { RateLimit } from './rate-limit';
import { Translation } from './translation';

const TOKEN_TTL_MINUTES = 30;
/** One message in this many also removes the oldest ones. */
const CUT_ONE_IN = 10;
/** Momento's usual limit. The queue gives an event up long before. */
const DAY_SECONDS = 86_400;

const languages = languagesIn(setting('LANGUAGES')) ?? [];
const messagesPerLanguage = wholeNumber('MESSAGES_PER_LANGUAGE');
const momento = {
  apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
  cacheName: setting('CACHE_NAME'),
  endpoint: optional('MOMENTO_ENDPOINT'),
  local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
};
const lasting = { ...momento, ttlSeconds: DAY_SECONDS };
const tokens = new Tokens({
  ...momento,
  ttlMinutes: TOKEN_TTL_MINUTES,
  may: languages.map((language) => ({ publish: chatIn(language) })),
});
const topic = new Topic({ ...momento, topicName: setting('TOPIC_NAME') });
const history = new SortedSets(lasting);
const translation = new Translation(lasting, languages);
const rateLimit = new RateLimit(lasting, wholeNumber('MESSAGES_PER_MINUTE'));

export const eventHandler: EventHandler<Message> = {
  async handle(event, message, deadline) {
    await before(deadline, chat(event, message, deadline));
  },
};

async function chat(received: TopicEvent, message: Message, deadline: Deadline): Promise<void> {
  const { isAdmitted, firstTime } = await rateLimit.verdictOn(received);
  const event = { ...received, event_timestamp: firstTime };
  if (!isAdmitted) return withhold(event, message, 'rate', deadline);
  const { from, into } = await translation.of(message.text);
  if (isOffensive(message.text, from)) return withhold(event, message, 'profanity', deadline);
  await inEach(event, async (language) => {
    const set = chatIn(language);
    const there = await history.at(set, event.event_timestamp);
    if (there.some((value) => isOf(event, value))) return;
    const value = chatItem(event, message, { text: await into(language), from });
    await publish(event, set, value, deadline);
    await history.put({ set, score: event.event_timestamp, value });
    // If this fails, a later message cuts again.
    if (isOneIn(CUT_ONE_IN, event)) await history.cut(set, messagesPerLanguage).catch(() => undefined);
  });
}

async function withhold(event: TopicEvent, message: Message, reason: Reason, deadline: Deadline) {
  console.info({ outcome: 'withheld', reason, eventId: event.id, requestId: message.requestId });
  const item = withheldItem(event, message, reason);
  await inEach(event, (language) => publish(event, chatIn(language), item, deadline));
}

/** Does the work for all languages at the same time. Throws the first failure, once all have ended. */
async function inEach(event: TopicEvent, work: (language: string) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(languages.map(work));
  const failures = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failures.length === 0) return;
  const missing = languages.filter((_, index) => results[index]?.status === 'rejected');
  console.warn({ outcome: 'not in all languages', missing, eventId: event.id });
  throw failures[0];
}

function publish(event: TopicEvent, topicName: string, text: string, deadline: Deadline): Promise<void> {
  return publishAs(event.token_id, text, { tokens, topic: topic.sibling(topicName) }, deadline);
}
