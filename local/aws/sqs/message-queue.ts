// One SQS queue: when messages are visible, how often each was received, and when it is given up.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
import { randomUUID } from 'node:crypto';

export interface Message {
  readonly id: string;
  readonly body: string;
  /** milliseconds since the epoch, as all times here */
  readonly sentAt: number;
  /** The queue that gave it up. Missing if it was sent directly into a dead-letter queue. */
  readonly sourceArn?: string;
  visibleAt: number;
  receives: number;
  firstReceivedAt?: number;
  receiptHandle?: string;
}

export interface QueueSettings {
  readonly arn: string;
  readonly name: string;
  readonly url: string;
  readonly visibilityMs: number;
  readonly delayMs: number;
  readonly retentionMs: number;
  /** The destination of a message that was received `maxReceives` times without being deleted. */
  readonly giveUp?: { readonly deadLetterArn: string; readonly maxReceives: number };
}

export class MessageQueue {
  /** Sorted by the times at which they become visible. */
  readonly #messages: Message[] = [];
  readonly #received = new Map<string, Message>();

  /**
   * @param settings may be replaced; messages that are already hidden or delayed stay so for their old time
   * @param now milliseconds since the epoch
   * @param find returns the queue with this ARN, for messages that this queue gives up
   */
  constructor(
    public settings: QueueSettings,
    private readonly now: () => number,
    private readonly find: (arn: string) => MessageQueue | undefined,
  ) {}

  send(body: string, delayMs = this.settings.delayMs): Message {
    const now = this.now();
    return this.#place({ id: randomUUID(), body, sentAt: now, visibleAt: now + delayMs, receives: 0 });
  }

  /** Takes a message that the queue with this ARN gave up. Its age stays. */
  take({ id, body, sentAt }: Message, sourceArn: string): void {
    this.#place({ id, body, sentAt, sourceArn, visibleAt: this.now(), receives: 0 });
  }

  /** Takes up to `most` visible messages, each once, and hides them for the visibility time-out. */
  receive(most: number, visibilityMs = this.settings.visibilityMs): Message[] {
    const now = this.now();
    const received: Message[] = [];
    while (received.length < most) {
      const [message] = this.#messages;
      if (!message || message.visibleAt > now) break;
      this.#messages.shift();
      if (message.receiptHandle) this.#received.delete(message.receiptHandle);
      if (now - message.sentAt > this.settings.retentionMs) continue;
      const { giveUp } = this.settings;
      if (giveUp && message.receives >= giveUp.maxReceives) {
        this.find(giveUp.deadLetterArn)?.take(message, this.settings.arn);
        continue;
      }
      message.receives++;
      message.firstReceivedAt ??= now;
      message.receiptHandle = randomUUID();
      message.visibleAt = now + visibilityMs;
      this.#received.set(message.receiptHandle, message);
      received.push(message);
    }
    for (const message of received) this.#place(message); // not earlier: with a time-out of 0 it would be due again
    return received;
  }

  /** An outdated receipt handle deletes nothing, as can happen in SQS. */
  delete(receiptHandle: string): void {
    const message = this.#received.get(receiptHandle);
    if (message) this.remove(message);
  }

  /** Makes the message visible again after `visibilityMs`. Returns whether there was one. */
  changeVisibility(receiptHandle: string, visibilityMs: number): boolean {
    const message = this.#received.get(receiptHandle);
    if (!message) return false;
    this.#messages.splice(this.#messages.indexOf(message), 1);
    message.visibleAt = this.now() + visibilityMs;
    this.#place(message);
    return true;
  }

  /** Takes every message out, whether visible or not. */
  drain(): Message[] {
    this.#received.clear();
    return this.#messages.splice(0);
  }

  /** Takes one of its messages out, whether visible or not. */
  remove(message: Message): void {
    this.#messages.splice(this.#messages.indexOf(message), 1);
    if (message.receiptHandle) this.#received.delete(message.receiptHandle);
  }

  /** All messages, for observers. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** The time at which the next message becomes visible. Undefined if there is none. */
  get nextVisibleAt(): number | undefined {
    return this.#messages[0]?.visibleAt;
  }

  get counts(): { visible: number; hidden: number; delayed: number } {
    const now = this.now();
    const waiting = this.#messages.filter(({ visibleAt }) => visibleAt > now);
    const delayed = waiting.filter(({ receives }) => receives === 0).length;
    return { visible: this.#messages.length - waiting.length, hidden: waiting.length - delayed, delayed };
  }

  #place(message: Message): Message {
    let [low, high] = [0, this.#messages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#messages[middle]?.visibleAt ?? 0) <= message.visibleAt) low = middle + 1;
      else high = middle;
    }
    this.#messages.splice(low, 0, message);
    return message;
  }
}
