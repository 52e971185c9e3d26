// What SQS takes, and how it refuses the rest.
import * as v from 'valibot';
import { AwsError } from '../errors';

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(43_200));
const queue = v.object({ QueueUrl: v.string() });

/** Of a message, and of all messages of a batch together. */
const MAX_BYTES = 1_048_576;
const MAX_ENTRIES = 10;

const entry = v.object({
  MessageBody: v.pipe(v.string(), v.minLength(1), v.maxBytes(MAX_BYTES)),
  DelaySeconds: v.optional(v.pipe(seconds, v.maxValue(900))),
});
export type Entry = v.InferOutput<typeof entry>;

export const INPUTS = {
  SendMessage: v.object({ ...queue.entries, ...entry.entries }),
  SendMessageBatch: v.object({
    ...queue.entries,
    Entries: v.array(v.object({ Id: v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/)), ...entry.entries })),
  }),
  ReceiveMessage: v.object({
    ...queue.entries,
    MaxNumberOfMessages: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 1),
    VisibilityTimeout: v.optional(seconds),
  }),
  DeleteMessage: v.object({ ...queue.entries, ReceiptHandle: v.string() }),
  ChangeMessageVisibility: v.object({
    ...queue.entries,
    ReceiptHandle: v.string(),
    VisibilityTimeout: seconds,
  }),
  GetQueueAttributes: v.object({ ...queue.entries, AttributeNames: v.optional(v.array(v.string()), []) }),
  GetQueueUrl: v.object({ QueueName: v.string() }),
  StartMessageMoveTask: v.object({ SourceArn: v.string(), DestinationArn: v.optional(v.string()) }),
  ListMessageMoveTasks: v.object({ SourceArn: v.string() }),
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const CONTENTS = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/** Throws if the batch as a whole is refused: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
export function checkBatch(entries: readonly (Entry & { Id: string })[]): void {
  if (entries.length === 0) {
    throw new AwsError(
      'EmptyBatchRequest',
      'There should be at least one SendMessageBatchRequestEntry in the request.',
    );
  }
  if (entries.length > MAX_ENTRIES) {
    const message = `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', message);
  }
  const ids = entries.map(({ Id }) => Id);
  const repeated = ids.find((id, at) => ids.indexOf(id) < at);
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  const bytes = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
  if (bytes > MAX_BYTES) {
    const message = `Batch requests cannot be longer than ${MAX_BYTES} bytes. You have sent ${bytes} bytes.`;
    throw new AwsError('BatchRequestTooLong', message);
  }
}

export function read<Shape extends v.GenericSchema>(shape: Shape, body: unknown): v.InferOutput<Shape> {
  const parsed = v.safeParse(shape, body);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new AwsError('InvalidParameterValue', `${v.getDotPath(issue) ?? 'input'}: ${issue.message}`);
}
