// The soak of the multi-language chat: many users write while calls fail, keys rotate and deliveries repeat. Each accepted
// message must then be in each language's history exactly once, or be withheld and in none, or be in the dead-letter queue.
import { randomBytes } from 'node:crypto';
import { makeLegacyKey, type TopicMessage } from 'local-momento';
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { identified } from '../../handlers/core/event';
import { readElements } from '../../local/elements';
import { type Stack, startStack } from '../../local/stack';
import { drain } from '../drain';
import { Sender } from '../sender';
import { indexOfRef, LANGUAGES, planMessage } from './chat-plan';
import { type ChatVerdict, judgeChat } from './chat-verdict';
import { crashesOf, elapsed, failuresOf, webhookHeap } from './observed';
import { LATE_MS, planFaultsOf } from './plan';
import { Chance } from './random';
import type { SoakOptions, SoakReport } from './soak';
import { Traffic } from './traffic';

const ROTATE_SIGNING_SECRET_AT = 0.3;
const ROTATE_API_KEY_AT = 0.6;

/** The calls on a message's way that can fail. */
const OPERATIONS = new Set([
  'Get',
  'SetIf',
  'Increment',
  'SortedSetPut',
  'SortedSetFetch',
  'SortedSetRemove',
  'Publish',
  'GenerateDisposableToken',
  'TranslateText',
  'SendMessage',
  'ChangeMessageVisibility',
]);

export type ChatSoakReport = SoakReport & ChatVerdict;

export async function chatSoak(options: Omit<SoakOptions, 'only'>): Promise<ChatSoakReport> {
  const secret = randomBytes(16).toString('hex');
  const stack = await startStack({
    folder: options.folder,
    config: {
      application: 'examples/multi-language-chat',
      languages: LANGUAGES.join(','),
      messagesPerLanguage: '10000',
      reservedConcurrency: String(options.concurrency),
    },
    secrets: { momentoApiKey: makeLegacyKey(), signingSecret: secret },
    momento: { caches: ['course-comments-dev'] },
  });
  const sender = new Sender(String(stack.outputs.webhookUrl), options.concurrency, stack.clock.now);
  try {
    return await run(options, stack, sender, secret);
  } finally {
    sender.close();
    await stack.close();
  }
}

async function run(
  { events, faults, seed, concurrency, onProgress }: Omit<SoakOptions, 'only'>,
  stack: Stack,
  sender: Sender,
  secret: string,
): Promise<ChatSoakReport> {
  const chance = new Chance(seed);
  const indexes = [...Array(events).keys()];
  const published = (index: number) => {
    const { userId, at, text, ref } = planMessage(chance, index);
    return { token_id: userId, event_timestamp: at, text: JSON.stringify({ text, ref }) };
  };
  const traffic = new Traffic({ chance, stack, sender, concurrency, onProgress, published }, secret);
  const [failures, crashes] = [failuresOf(stack), crashesOf(stack)];
  const withheld = withheldOf(stack);
  const items: TopicMessage[] = [];
  stack.momento.on('published', (message) => items.push(message));

  await sender.warm(concurrency);
  const before = await webhookHeap(stack);
  stack.setFaults(planFaultsOf(chance, faults, OPERATIONS));
  const at = (part: number) => Math.floor(events * part);
  await traffic.send(indexes.slice(0, at(ROTATE_SIGNING_SECRET_AT)));
  traffic.rotateSigningSecret();
  await traffic.send(indexes.slice(at(ROTATE_SIGNING_SECRET_AT), at(ROTATE_API_KEY_AT)));
  traffic.rotateApiKey();
  await traffic.send(indexes.slice(at(ROTATE_API_KEY_AT)));
  await drain(stack);
  await elapsed(2 * LATE_MS); // by now Momento and SQS have applied late calls
  await drain(stack);
  stack.setFaults(undefined);

  const local = `127.0.0.1:${stack.momento.port}`;
  const access = {
    credentialProvider: apiKeyCredentials(traffic.apiKey, { local }),
    cacheName: stack.cacheName,
    limit: 2 * events,
  };
  const histories = new Map<string, string[]>();
  for (const language of LANGUAGES) {
    const elements = await readElements(`chat-${language}`, access);
    histories.set(
      language,
      elements.map(({ value }) => value),
    );
  }
  const verdict = judgeChat({
    chance,
    indexes,
    histories,
    items,
    deadLetters: deadLettersOf(stack),
    withheldAs: (index) => withheld.get(identified({ ...traffic.event(index), publish_timestamp: 0 }).id),
    wasAccepted: (index) => traffic.wasAccepted(index),
  });
  const { answers, refused, forgedAccepted } = traffic;
  const heap = { before, after: await webhookHeap(stack) };
  return {
    ...verdict,
    answers,
    failures,
    crashes,
    refused,
    forgedAccepted: forgedAccepted + verdict.forgedAccepted,
    heap,
  };
}

/** Why events are withheld from now on, by their ids. */
function withheldOf(stack: Stack): ReadonlyMap<string, string> {
  const withheld = new Map<string, string>();
  stack.events.on('log', ({ line }) => {
    if (!line.includes('"withheld"')) return;
    const { message, ...outer } = JSON.parse(line);
    const { outcome, eventId, reason } = { ...outer, ...Object(message) };
    if (outcome === 'withheld') withheld.set(eventId, reason);
  });
  return withheld;
}

function deadLettersOf(stack: Stack): ReadonlySet<number> {
  const { messages } = stack.sqs.find(String(stack.outputs.deadLetterQueueUrl));
  return new Set(messages.map(({ body }) => indexOfRef(JSON.parse(JSON.parse(body).text).ref)));
}
