// While the cache is gone, an event waits in the queue and is tried with growing pauses. It is stored when the cache is back.
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { delayAfter } from '../../handlers/adapters/redrive-queue';
import { currentSecret, type EventOptions, type Sent, sendEvent } from '../calling';
import { type Context, idOf, outputOf } from '../context';
import { createCache, deleteCache } from '../momento-cache';
import { failed, type Row, unless } from '../row';

/** Tries that must have failed before the cache comes back: 5, 15 and 45 seconds lie between them. */
const TRIES = 4;
/** How late SQS and Lambda may deliver a message, in milliseconds. */
const LATE_MS = 30_000;
const EARLY_MS = 1_000;
const GONE_WITHIN_MS = 120_000;
/** What SQS documents for changes of queue policies: "up to 60 seconds". */
const POLICY_WITHIN_MS = 120_000;
/** How long until a search finds a line that was logged. */
const LOGGED_WITHIN_MS = 90_000;

const line = v.object({
  message: v.object({ outcome: v.string(), deliveries: v.number() }),
});

export interface Try {
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  readonly outcome: string;
  /** The number of SQS's delivery, from 1. */
  readonly deliveries: number;
}

type Having = Pick<Context, 'aws' | 'stack' | 'momento' | 'waitFor' | 'facts' | 'since'>;

export const redriveTiming = {
  name: 'redrive timing',
  needs: ['traffic'],
  async decide(context: Having) {
    const { momento, waitFor } = context;
    const secret = await currentSecret(context);
    let tries: Try[] = [];
    const look = (outcome: string, deliveries: number) => async () => {
      tries = await triesOf(context);
      return tries.find((each) => each.outcome === outcome && each.deliveries >= deliveries);
    };
    try {
      await deleteCache(momento);
      const queued = await answered(202, { secret, requestId: context.facts.get('requestId') }, context);
      if (!queued) return failed('the webhook did not answer 202 to an event that Momento cannot store');
      context.facts.set('eventId', queued.eventId);
      if (!(await loseOne(secret, context)))
        return failed('the webhook did not answer 503 to an event that it could neither store nor queue');

      const pauses = Array.from({ length: TRIES }, (_, n) => delayAfter(n) * 1000).reduce((a, b) => a + b, 0);
      const what = `the ${TRIES}th try of an event`;
      await waitFor(
        { what, withinMs: pauses + TRIES * LATE_MS + LOGGED_WITHIN_MS },
        look('not redriven', TRIES),
      );
    } finally {
      await createCache(momento);
    }
    const last = tries.filter(({ outcome }) => outcome === 'not redriven').at(-1)?.deliveries ?? 0;
    const withinMs = delayAfter(last + 1) * 1000 + LATE_MS + LOGGED_WITHIN_MS;
    const redriven = await waitFor({ what: 'the event to be stored', withinMs }, look('redriven', 1));
    const complaints = wrongPauses(tries);
    if (!redriven) complaints.push('the event was not stored when the cache was back');
    return unless(complaints, `pauses of ${pausesOf(tries).join(', ')} s, then stored`);
  },
} satisfies Row;

/** What is wrong with the times of an event's tries, in their order. */
export function wrongPauses(tries: readonly Try[]): string[] {
  const complaints = tries.slice(1).flatMap((next, index) => {
    const before = tries[index];
    if (!before) return [];
    const asked = delayAfter(before.deliveries) * 1000;
    const pause = next.at - before.at;
    if (next.deliveries !== before.deliveries + 1) return [`try ${before.deliveries + 1} is missing`];
    if (pause >= asked - EARLY_MS && pause <= asked + LATE_MS) return [];
    return [
      `try ${next.deliveries} came ${pause / 1000} s after the previous one, not about ${asked / 1000} s`,
    ];
  });
  return tries.length < TRIES
    ? [`there were ${tries.length} tries, not ${TRIES}`, ...complaints]
    : complaints;
}

function pausesOf(tries: readonly Try[]): string[] {
  return tries.slice(1).map(({ at }, index) => ((at - (tries[index]?.at ?? at)) / 1000).toFixed(1));
}

/** The tries of the waiting event from the redrive's log, oldest first. */
async function triesOf({ aws, stack, facts, since }: Having): Promise<Try[]> {
  const pages = paginateFilterLogEvents(
    { client: aws.logs },
    {
      logGroupName: await idOf(stack, 'logGroup', 'redrive'),
      startTime: since,
      filterPattern: `{ $.message.eventId = "${facts.get('eventId')}" }`,
    },
  );
  const tries: Try[] = [];
  for await (const { events = [] } of pages) {
    for (const { timestamp: at = 0, message = '' } of events) {
      tries.push({ at, ...v.parse(line, JSON.parse(message)).message });
    }
  }
  return tries.sort((one, other) => one.at - other.at);
}

/** The queue refuses messages too: the webhook answers 503 to what it cannot keep, and counts it. */
async function loseOne(secret: string, context: Having): Promise<boolean> {
  const QueueUrl = await outputOf(context.stack, 'redriveQueueUrl');
  const setPolicy = (Policy: string) =>
    context.aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const deny = { Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' };
  await setPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [deny] }));
  try {
    return (await answered(503, { secret }, context, POLICY_WITHIN_MS)) !== undefined;
  } finally {
    await setPolicy('');
  }
}

/** Sends events until one gets this answer. */
function answered(
  status: number,
  options: EventOptions,
  context: Having,
  withinMs = GONE_WITHIN_MS,
): Promise<Sent | undefined> {
  return context.waitFor({ what: `an answer ${status}`, withinMs, everyMs: 5_000 }, async () => {
    const sent = await sendEvent(context, options);
    return sent.answer.status === status ? sent : undefined;
  });
}
