// How many messages wait in the queues.
import type { Sqs } from '../aws/sqs';
import type { QueueUrls } from './dead-letters';

export interface QueueDepths {
  /** Messages in the redrive queue: waiting for their next try, or being tried. */
  readonly waiting: number;
  /** When the next of them is tried, in milliseconds since the epoch, to the second. */
  readonly nextTryAt: number | undefined;
  /** Messages in the dead-letter queue. */
  readonly givenUp: number;
}

export function depthsOf(sqs: Sqs, urls: QueueUrls): QueueDepths {
  const redrive = sqs.find(urls.redrive);
  const { nextVisibleAt } = redrive;
  // The queues' own clock can be ahead.
  const nextTry = nextVisibleAt === undefined ? undefined : Date.now() + nextVisibleAt - sqs.now();
  return {
    waiting: redrive.messages.length,
    nextTryAt: nextTry === undefined ? undefined : Math.round(nextTry / 1_000) * 1_000,
    givenUp: sqs.find(urls.deadLetter).messages.length,
  };
}
