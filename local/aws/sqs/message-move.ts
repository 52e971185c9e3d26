// How a dead-letter queue's messages go back, and why some cannot.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
import type { MessageQueue } from './message-queue';

export interface Move {
  readonly moved: number;
  readonly toMove: number;
  /** Why what did not move stayed where it was. */
  readonly failureReason?: 'CouldNotDetermineMessageSource' | 'AWS.SimpleQueueService.NonExistentQueue';
}

/**
 * Moves all messages to the destination, or without one each to the queue that gave it up. A message that no queue gave
 * up (it was sent straight into the dead-letter queue), or whose queue is no more, stays. What moves is a new message
 * there, with another id and another age.
 * @param find the queue of an ARN, or undefined
 */
export function moveMessages(
  from: MessageQueue,
  destination: MessageQueue | undefined,
  find: (arn: string) => MessageQueue | undefined,
): Move {
  const messages = [...from.messages];
  let moved = 0;
  let failureReason: Move['failureReason'];
  for (const message of messages) {
    const { sourceArn } = message;
    const target = destination ?? (sourceArn === undefined ? undefined : find(sourceArn));
    if (target) {
      from.remove(message);
      target.send(message.body, 0);
      moved++;
    } else {
      failureReason ??= sourceArn
        ? 'AWS.SimpleQueueService.NonExistentQueue'
        : 'CouldNotDetermineMessageSource';
    }
  }
  return { moved, toMove: messages.length, ...(failureReason && { failureReason }) };
}
