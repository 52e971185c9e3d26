// The part of SQS that the stack and its operators use: sending, receiving, deleting, postponing, counting, and moving
// messages back from a dead-letter queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
import { createHash, randomUUID } from 'node:crypto';
import { ACCOUNT_ID, REGION } from '../account';
import type { Caller, JsonService } from '../endpoint';
import { AwsError } from '../errors';
import type { DeclaredQueue } from './declared-queues';
import { CONTENTS, checkBatch, type Entry, INPUTS, read } from './inputs';
import { type Move, moveMessages } from './message-move';
import { type Message, MessageQueue } from './message-queue';

interface MoveTask extends Move {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  readonly startedAt: number;
}

export class Sqs {
  readonly #queues = new Map<string, MessageQueue>();
  #tasks: MoveTask[] = [];
  #aheadMs = 0;
  #changed = new Set<() => void>();

  constructor(private readonly clock: () => number = Date.now) {}

  /** Applies what the program declares. Queues that stay declared get new settings and keep their messages. */
  declare(declared: readonly DeclaredQueue[]): void {
    const arns = new Set(declared.map(({ arn }) => arn));
    for (const arn of this.#queues.keys()) if (!arns.has(arn)) this.#queues.delete(arn);
    for (const settings of declared) {
      const known = this.#queues.get(settings.arn);
      if (known) known.settings = settings;
      else {
        const queue = new MessageQueue(settings, this.now, (arn) => this.#queues.get(arn));
        this.#queues.set(settings.arn, queue);
      }
    }
  }

  /** Milliseconds since the epoch, on this service's own clock, which `hurry` sets forward. */
  readonly now = (): number => this.clock() + this.#aheadMs;

  /** Sets the clock forward, so that waiting messages become visible sooner. */
  hurry(ms: number): void {
    this.#aheadMs += ms;
    this.#tell();
  }

  /** Calls back when a change may have made a message visible; mere passing of time does not count. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  /** The queue with this ARN, URL or name. Throws QueueDoesNotExist. */
  find(key: string): MessageQueue {
    for (const found of this.#queues.values()) {
      const { arn, url, name } = found.settings;
      if (key === arn || key === url || key === name) return found;
    }
    throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  }

  /** Moves messages from one queue to another, as an operator moves dead letters back. Throws QueueDoesNotExist. */
  move(from: string, to: string, isWanted: (message: Message) => boolean): void {
    moveMessages(this.find(from), this.find(to), () => undefined, isWanted);
    this.#tell();
  }

  /** Answers SQS's operations, as a service of the AWS endpoint. */
  readonly service: JsonService = {
    signingName: 'sqs',
    targetPrefix: 'AmazonSQS',
    operations: {
      SendMessage: (body, caller) => {
        const { QueueUrl, ...entry } = read(INPUTS.SendMessage, body);
        const sent = send(this.#authorized(caller, 'sqs:SendMessage', QueueUrl), entry);
        this.#tell();
        return sent;
      },
      SendMessageBatch: (body, caller) => {
        const { QueueUrl, Entries } = read(INPUTS.SendMessageBatch, body);
        const found = this.#authorized(caller, 'sqs:SendMessage', QueueUrl);
        checkBatch(Entries);
        const answer = { Successful: [] as object[], Failed: [] as object[] };
        for (const { Id, ...entry } of Entries) {
          try {
            answer.Successful.push({ Id, ...send(found, entry) });
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            answer.Failed.push({ Id, SenderFault: true, Code: error.type, Message: error.message });
          }
        }
        this.#tell();
        return answer;
      },
      ReceiveMessage: (body, caller) => {
        const input = read(INPUTS.ReceiveMessage, body);
        const found = this.#authorized(caller, 'sqs:ReceiveMessage', input.QueueUrl);
        const visibilityMs =
          input.VisibilityTimeout === undefined ? undefined : input.VisibilityTimeout * 1000;
        const received = found.receive(input.MaxNumberOfMessages, visibilityMs);
        if (received.length === 0) return {};
        return {
          Messages: received.map((message) => ({
            MessageId: message.id,
            ReceiptHandle: message.receiptHandle,
            Body: message.body,
            MD5OfBody: md5(message.body),
            Attributes: attributesOf(message),
          })),
        };
      },
      DeleteMessage: (body, caller) => {
        const input = read(INPUTS.DeleteMessage, body);
        this.#authorized(caller, 'sqs:DeleteMessage', input.QueueUrl).delete(input.ReceiptHandle);
        return {};
      },
      ChangeMessageVisibility: (body, caller) => {
        const input = read(INPUTS.ChangeMessageVisibility, body);
        const found = this.#authorized(caller, 'sqs:ChangeMessageVisibility', input.QueueUrl);
        if (!found.changeVisibility(input.ReceiptHandle, input.VisibilityTimeout * 1000)) {
          throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
        }
        this.#tell();
        return {};
      },
      GetQueueAttributes: (body, caller) => {
        const input = read(INPUTS.GetQueueAttributes, body);
        const { settings, counts } = this.#authorized(caller, 'sqs:GetQueueAttributes', input.QueueUrl);
        const all: Record<string, string> = {
          QueueArn: settings.arn,
          ApproximateNumberOfMessages: String(counts.visible),
          ApproximateNumberOfMessagesNotVisible: String(counts.hidden),
          ApproximateNumberOfMessagesDelayed: String(counts.delayed),
          VisibilityTimeout: String(settings.visibilityMs / 1000),
          MessageRetentionPeriod: String(settings.retentionMs / 1000),
        };
        const wanted = new Set(input.AttributeNames);
        const attributes = Object.entries(all).filter(([name]) => wanted.has('All') || wanted.has(name));
        return { Attributes: Object.fromEntries(attributes) };
      },
      GetQueueUrl: (body, caller) => {
        const { QueueName } = read(INPUTS.GetQueueUrl, body);
        return { QueueUrl: this.#authorized(caller, 'sqs:GetQueueUrl', QueueName).settings.url };
      },
      StartMessageMoveTask: (body, caller) => {
        const { SourceArn, DestinationArn } = read(INPUTS.StartMessageMoveTask, body);
        const from = this.#authorized(caller, 'sqs:StartMessageMoveTask', SourceArn);
        for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']) {
          caller.authorize(action, SourceArn);
        }
        const sources = [...this.#queues.values()].filter(
          ({ settings }) => settings.giveUp?.deadLetterArn === SourceArn,
        );
        if (sources.length === 0) {
          throw new AwsError(
            'InvalidParameterValue',
            'Source queue must be configured as a Dead Letter Queue.',
          );
        }
        const goTo =
          DestinationArn === undefined ? sources.map(({ settings }) => settings.arn) : [DestinationArn];
        const [only] = goTo.map((arn) => this.#authorized(caller, 'sqs:SendMessage', arn));
        const destination = DestinationArn === undefined ? undefined : only;
        const task: MoveTask = {
          ...moveMessages(from, destination, (arn) => this.#queues.get(arn)),
          handle: randomUUID(),
          sourceArn: SourceArn,
          ...(DestinationArn !== undefined && { destinationArn: DestinationArn }),
          startedAt: this.now(),
        };
        this.#tasks = [task, ...this.#tasks].slice(0, 10);
        this.#tell();
        return { TaskHandle: task.handle };
      },
      ListMessageMoveTasks: (body, caller) => {
        const { SourceArn } = read(INPUTS.ListMessageMoveTasks, body);
        this.#authorized(caller, 'sqs:ListMessageMoveTasks', SourceArn);
        const results = this.#tasks.filter(({ sourceArn }) => sourceArn === SourceArn);
        return {
          Results: results.map(({ sourceArn, destinationArn, startedAt, moved, toMove, failureReason }) => ({
            Status: failureReason ? 'FAILED' : 'COMPLETED',
            FailureReason: failureReason,
            SourceArn: sourceArn,
            DestinationArn: destinationArn,
            StartedTimestamp: startedAt,
            ApproximateNumberOfMessagesMoved: moved,
            ApproximateNumberOfMessagesToMove: toMove,
          })),
        };
      },
    },
  };

  /** Denies access before it says that a queue does not exist. */
  #authorized(caller: Caller, action: string, key: string): MessageQueue {
    const found = [...this.#queues.values()].find(({ settings: { arn, url, name } }) =>
      [arn, url, name].includes(key),
    );
    const name = key.split(/[/:]/).at(-1);
    caller.authorize(action, found?.settings.arn ?? `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`);
    return this.find(key);
  }

  #tell(): void {
    for (const listener of this.#changed) listener();
  }
}

/** A message's attributes in SQS; times are text, in milliseconds since the epoch. */
export function attributesOf(message: Message): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sentAt),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    SenderId: 'local',
  };
}

/** Throws InvalidMessageContents. */
function send(queue: MessageQueue, { MessageBody, DelaySeconds }: Entry): object {
  if (!CONTENTS.test(MessageBody)) {
    throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  }
  const { id } = queue.send(MessageBody, DelaySeconds === undefined ? undefined : DelaySeconds * 1000);
  return { MessageId: id, MD5OfMessageBody: md5(MessageBody) };
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
