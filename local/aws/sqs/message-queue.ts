// One queue of SQS: what is visible when, how often each message was received, and when it is given up.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
import { randomUUID } from 'node:crypto';

export interface Message {
  readonly id: string;
  readonly body: string;
  /** milliseconds since the epoch, as all times here */
  readonly sentAt: number;
  /** The queue that gave it up: not there where it was sent straight into a dead-letter queue. */
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
  /** Where a message goes that was received `maxReceives` times without being deleted. */
  readonly giveUp?: { readonly deadLetterArn: string; readonly maxReceives: number };
}

export class MessageQueue {
  /** Sorted by the time at which each becomes visible. */
  readonly #messages: Message[] = [];
  readonly #received = new Map<string, Message>();

  /**
   * @param settings may be set anew; what is hidden or delayed already stays so for as long as it was to
   * @param now milliseconds since the epoch
   * @param find the queue of an ARN, for what this queue gives up
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

  /** Takes a message that another queue, of that ARN, gave up; its age stays what it was. */
  take({ id, body, sentAt }: Message, sourceArn: string): void {
    this.#place({ id, body, sentAt, sourceArn, visibleAt: this.now(), receives: 0 });
  }

  /** Up to `most` visible messages, each once, hidden from now on for the visibility time-out. */
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
    for (const message of received) this.#place(message); // not before: with a time-out of 0 it would be due again
    return received;
  }

  /** A receipt handle that is no longer the message's last one deletes nothing, as it may in SQS. */
  delete(receiptHandle: string): void {
    const message = this.#received.get(receiptHandle);
    if (message) this.remove(message);
  }

  /** Whether there was such a message; it becomes visible again after `visibilityMs`. */
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

  /** All messages as they stand, for who watches. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** When the next message becomes visible, or undefined where there is none. */
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
