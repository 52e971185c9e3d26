// The queue for events that could not be stored.
import type { TopicEvent } from '../core/event';

/** How long a message waits after its nth delivery, in seconds: 5 s, tripled each time, at most 15 minutes. */
export function delayAfter(deliveries: number): number {
  return Math.min(5 * 3 ** Math.max(0, deliveries - 1), 900);
}

/** The JSON of an event. SQS refuses two characters that JSON allows (SendMessage, "MessageBody"), so they are escaped. */
export function messageBody(event: TopicEvent): string {
  return JSON.stringify(event).replace(/[\ufffe\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`);
}

export class RedriveQueue {
  constructor(private readonly queueUrl: string) {}

  /** Keeps a verified event until the redrive handler stores it. Rejects if SQS does not confirm it. */
  async send(event: TopicEvent): Promise<void> {
    const { sendMessage } = await import('./sqs.js');
    await sendMessage(this.queueUrl, messageBody(event));
  }

  /** Makes a received message visible again after `delaySeconds`. */
  async postpone(receiptHandle: string, delaySeconds: number): Promise<void> {
    const { changeVisibility } = await import('./sqs.js');
    await changeVisibility(this.queueUrl, receiptHandle, delaySeconds);
  }
}
