// The dead-letter queue, for the relay, which may have many events to put there at once.
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { reasonOf } from '../core/errors';
import type { TopicEvent } from '../core/event';
import { timeLimits } from './aws-patience';
import { messageBody } from './redrive-queue';

/** Of one call, all messages together. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MAX_CALL_BYTES = 1_048_576;

export class DeadLetterQueue {
  readonly #client: SQSClient;

  /** @param answerMs how long each of three tries waits for SQS, in milliseconds */
  constructor(
    private readonly queueUrl: string,
    answerMs = 5_000,
  ) {
    this.#client = new SQSClient({
      // The relay is never frozen, so connections may be kept for as long as many calls follow each other.
      requestHandler: timeLimits(1_000, answerMs),
    });
  }

  /**
   * Puts up to ten events into the queue. Resolves with why each may not be safe there, in the same order: undefined if SQS has
   * confirmed it. Never rejects.
   */
  async send(events: readonly TopicEvent[]): Promise<readonly (string | undefined)[]> {
    const calls = grouped(events.map(messageBody)).map((bodies) => this.#send(bodies));
    return (await Promise.all(calls)).flat();
  }

  async #send(bodies: readonly string[]): Promise<readonly (string | undefined)[]> {
    const entries = bodies.map((body, at) => ({ Id: String(at), MessageBody: body }));
    try {
      const command = new SendMessageBatchCommand({ QueueUrl: this.queueUrl, Entries: entries });
      const { Successful = [], Failed = [] } = await this.#client.send(command);
      const confirmed = new Set(Successful.map(({ Id }) => Id));
      const reasons = new Map(Failed.map(({ Id, Code }) => [Id, Code]));
      return entries.map(({ Id }) => (confirmed.has(Id) ? undefined : (reasons.get(Id) ?? 'not confirmed')));
    } catch (error) {
      return bodies.map(() => reasonOf(error));
    }
  }
}

/** As many texts together as one call may carry. */
function grouped(bodies: readonly string[]): string[][] {
  const groups: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const body of bodies) {
    const own = Buffer.byteLength(body);
    if (bytes + own > MAX_CALL_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(body);
    bytes += own;
  }
  return groups;
}
