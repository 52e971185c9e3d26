// The redrive: takes events that could not be stored from the queue, and stores them by the same idempotent put.
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { setting } from './adapters/environment';
import { count, publishMetrics, timed } from './adapters/metrics';
import { delayAfter, RedriveQueue } from './adapters/redrive-queue';
import { handle, readMessage, rehearseReading } from './application';
import { before } from './core/deadline';
import { reasonOf } from './core/errors';
import { eventParser } from './core/event';

/** Time limits of a batch, in milliseconds: to store, then to postpone what failed. The function's time-out is 10 s. */
const STORE_WITHIN_MS = 6_000;
const POSTPONE_WITHIN_MS = 8_000;

const queue = new RedriveQueue(setting('REDRIVE_QUEUE_URL'));
const parseEvent = eventParser(); // cache and topic were checked before queueing, against the configuration of that time

rehearseReading(parseEvent);

/** Stores each event of a batch and reports those that must come again. After ten deliveries SQS gives them up. */
export async function handler({ Records: records }: SQSEvent): Promise<SQSBatchResponse> {
  const start = Date.now();
  const failed = await Promise.all(records.map((record) => redrive(record, start)));
  publishMetrics();
  return {
    batchItemFailures: failed.filter((id) => id !== undefined).map((itemIdentifier) => ({ itemIdentifier })),
  };
}

/** Resolves with the message's id if the event must come again. */
async function redrive(record: SQSRecord, start: number): Promise<string | undefined> {
  const deliveries = Number(record.attributes.ApproximateReceiveCount);
  let found: { eventId: string; requestId?: string } | undefined;
  try {
    const event = parseEvent(record.body);
    found = { eventId: event.id };
    const message = readMessage(event);
    found = { eventId: event.id, requestId: message.requestId };
    await timed('StoreLatency', handle(event, message, start + STORE_WITHIN_MS));
    count('Redriven');
    console.info({ outcome: 'redriven', ...found, deliveries });
    return undefined;
  } catch (error) {
    count('Postponed');
    console.warn({ outcome: 'not redriven', ...found, deliveries, reason: reasonOf(error) });
  }
  const postponed = queue.postpone(record.receiptHandle, delayAfter(deliveries));
  // If this fails, the message still comes back when its visibility time-out ends.
  await before(start + POSTPONE_WITHIN_MS, postponed).catch((error) =>
    console.warn({ outcome: 'not postponed', reason: reasonOf(error) }),
  );
  return record.messageId;
}
