// The queue for events that could not be stored. The client is created on first use, because most instances never need it.
// Its code is loaded eagerly: to defer it would slow down the code it shares with the other AWS clients by more than it
// saves.
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { TopicEvent } from '../core/event';
import { patience } from './aws-patience';

/** How long a message waits after its nth delivery, in seconds: 5 s, tripled each time, at most 15 minutes. */
export function delayAfter(deliveries: number): number {
  return Math.min(5 * 3 ** Math.max(0, deliveries - 1), 900);
}

/** The JSON of an event. SQS refuses two characters that JSON allows (SendMessage, "MessageBody"), so they are escaped. */
export function messageBody(event: TopicEvent): string {
  return JSON.stringify(event).replace(/[\ufffe\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`);
}

export class RedriveQueue {
  #client: SQSClient | undefined;

  constructor(private readonly queueUrl: string) {}

  /** Keeps a verified event until the redrive handler stores it. Rejects if SQS does not confirm it. */
  async send(event: TopicEvent): Promise<void> {
    await this.#sqs().send(
      new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: messageBody(event) }),
    );
  }

  /** Makes a received message visible again after `delaySeconds`. */
  async postpone(receiptHandle: string, delaySeconds: number): Promise<void> {
    await this.#sqs().send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: delaySeconds,
      }),
    );
  }

  #sqs(): SQSClient {
    this.#client ??= new SQSClient({
      maxAttempts: 2, // both fit into the second that is left when storing is given up
      requestHandler: patience(400, 600),
    });
    return this.#client;
  }
}
