// The queue that keeps what could not be stored. The SQS client is loaded when it is first needed: most instances never
// need it.
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { TopicEvent } from '../core/event';

/** How long a message waits after its nth delivery, in seconds: 5 s, threefold each time, at most 15 minutes. */
export function delayAfter(deliveries: number): number {
  return Math.min(5 * 3 ** Math.max(0, deliveries - 1), 900);
}

export class RedriveQueue {
  #client: SQSClient | undefined;

  constructor(private readonly queueUrl: string) {}

  /** Keeps a verified event until the redrive handler stores it. Rejects where SQS did not confirm that it is safe. */
  async send(event: TopicEvent): Promise<void> {
    const { client, sqs } = await this.#load();
    await client.send(
      new sqs.SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(event) }),
    );
  }

  /** Lets a received message come again after `delaySeconds`. */
  async postpone(receiptHandle: string, delaySeconds: number): Promise<void> {
    const { client, sqs } = await this.#load();
    await client.send(
      new sqs.ChangeMessageVisibilityCommand({
        QueueUrl: this.queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: delaySeconds,
      }),
    );
  }

  async #load() {
    const sqs = await import('@aws-sdk/client-sqs');
    this.#client ??= new sqs.SQSClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 500, requestTimeout: 900 },
    });
    return { client: this.#client, sqs };
  }
}
