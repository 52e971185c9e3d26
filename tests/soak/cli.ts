// `npm run soak -- --events 100000 --faults 0.2 --seed N`
import { progressOf } from '../../local/commands/progress';
import { numberOf, runProof } from '../proof';
import { chatSoak } from './chat-soak';
import { budgetOf, chatBudgetOf, chatComplaintsOf, complaintsOf } from './complaints';
import { type RelaySoakOptions, relayComplaintsOf, relaySoak } from './relay-soak';
import { type SoakOptions, soak } from './soak';

const COMMENTS = 'application';
const CHAT = 'examples/multi-language-chat';

const HELP = `npm run soak -- [--application FOLDER] [--delivery webhook] [--events 100000] [--faults 0.2] [--seed N] [--concurrency 48] [--event N] [--folder COPY]

Sends that many signed events through the real handlers, while the given share of the calls to Momento and SQS fails,
both keys are rotated and one event in five is delivered twice. Three quiet spells or more lie between them: all
connections die (closed, reset at the next write, or silent) while the functions are frozen, for minutes or for less than
one, and the signing secret is rotated; then the API key is wrong for minutes (revoked, too few rights, or another
account's) and is put right; then a client of Momento is dropped while another call over it waits. The stack's clock
jumps, so that nobody waits for it.

Exits 1 unless:
  every event that was answered 2xx is stored exactly once, or is in the dead-letter queue;
  the faults explain the number of events in that queue, and of answers 503;
  no genuine event was refused when the webhook could know its secret;
  some events are stored by each key;
  functions failed only by time-outs, and no instance ended by an exception;
  the first call to each function after a spell succeeded, and each call five minutes after the API key was corrected.
--event runs only one event of the seed, without rotations and spells. --folder runs the program of another folder: a
copy of this project, in which you can plant a fault to see that the soak notices it.

--delivery relay publishes 10000 events by default. The relay delivers them while its connections are cut, Momento is
restarted, the relay is killed or may not subscribe for minutes of its clock, and the webhook answers 503, 429 or
nothing. Whenever the relay was deaf, its lag must have shown it.

--application ${CHAT} publishes 5000 messages of 50 users in three languages by default, with faults in 0.1 of
the calls, also of those to Translate. Each accepted message must be in each language's history exactly once, in that
language; or be withheld, and in none; or be in the dead-letter queue.`;

const CHAT_EVENTS = 5_000;
/** Each try to handle a message makes many calls. With more faults, too many messages would be given up. */
const CHAT_FAULTS = 0.1;

/** The fewest events: a shorter run might by chance miss a key. */
const LEAST = 100;

/** Each way of cutting the relay off from its messages, three times. */
const BREAKS = 12;

async function soakWebhook(options: SoakOptions) {
  const report = await soak(options);
  return { report, complaints: complaintsOf(report, options.faults) };
}

async function soakRelay(options: RelaySoakOptions) {
  const report = await relaySoak(options);
  return { report, complaints: relayComplaintsOf(report, options.faults) };
}

async function soakChat(options: SoakOptions) {
  const report = await chatSoak(options);
  return { report, complaints: chatComplaintsOf(report, options.faults) };
}

const FLAGS = ['application', 'delivery', 'events', 'faults', 'seed', 'concurrency', 'event', 'folder'];

runProof(HELP, FLAGS, async (given) => {
  const { application = COMMENTS, delivery = 'webhook' } = given;
  if (application !== COMMENTS && application !== CHAT)
    throw new RangeError(`--application is "${application}"; allowed: ${COMMENTS}, ${CHAT}`);
  const isChat = application === CHAT;
  if (delivery !== 'webhook' && delivery !== 'relay')
    throw new RangeError(`--delivery is "${delivery}"; allowed: webhook, relay`);
  const isRelayed = delivery === 'relay';
  if (isRelayed && isChat) throw new RangeError(`--delivery relay works only with --application ${COMMENTS}`);
  if ((isRelayed || isChat) && given.event !== undefined)
    throw new RangeError(`--event works only with --delivery webhook and --application ${COMMENTS}`);
  const byDefault = isChat ? CHAT_EVENTS : isRelayed ? 10_000 : 100_000;
  const events = numberOf(given, 'events', byDefault, {
    min: isRelayed ? 1 : LEAST,
  });
  const options = {
    events,
    faults: numberOf(given, 'faults', isChat ? CHAT_FAULTS : 0.2, { min: 0, max: 1, fraction: true }),
    seed: numberOf(given, 'seed', Math.floor(Math.random() * 1e6), { min: 0 }),
    concurrency: numberOf(given, 'concurrency', 48, { min: 2, max: 200 }),
    folder: given.folder,
    only: given.event === undefined ? undefined : numberOf(given, 'event', 0, { min: 0 }),
  };
  const what = options.only === undefined ? `${events} events` : `event ${options.only} alone`;
  console.log(
    `soak: ${what} of ${application} by ${delivery}, faults in ${options.faults} of the calls, seed ${options.seed}`,
  );
  const withProgress = { ...options, onProgress: progressOf('events', events) };
  const { report, complaints } = isRelayed
    ? await soakRelay({ ...withProgress, breaks: BREAKS })
    : await (isChat ? soakChat : soakWebhook)(withProgress);
  const { lost, duplicated, altered, givenUp, notTaken, storedBy, heap, quiet, ...counts } = report;
  const atMost = (isChat ? chatBudgetOf : budgetOf)(report, options.faults);
  console.log({
    ...counts,
    lost: lost.length,
    duplicated: duplicated.length,
    altered: altered.length,
    ...(isRelayed ? {} : { quiet, storedBy, notTaken: notTaken.length, notTakenAtMost: atMost.notTaken }),
    givenUp: givenUp.length,
    givenUpAtMost: atMost.givenUp,
    heapKiB: { before: Math.round(heap.before / 1024), after: Math.round(heap.after / 1024) },
  });
  for (const complaint of complaints) console.log(complaint);
  const failing = [...lost, ...duplicated, ...altered, ...(complaints.length > 0 ? givenUp : [])].slice(
    0,
    10,
  );
  if (failing.length > 0 && !isRelayed && !isChat)
    console.log(`repeat one with --seed ${options.seed} --event N: ${failing.join(', ')}`);
  return complaints.length === 0;
});
