// Moves messages back from a dead-letter queue, and says why some cannot move.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
import type { Message, MessageQueue } from './message-queue';

export interface Move {
  readonly moved: number;
  readonly toMove: number;
  /** Why the remaining messages did not move. */
  readonly failureReason?: 'CouldNotDetermineMessageSource' | 'AWS.SimpleQueueService.NonExistentQueue';
}

/**
 * Moves all messages to the destination. Without a destination, each goes to the queue that gave it up. A message stays if
 * it was sent directly into the dead-letter queue, or if its queue no longer exists. A moved message is a new one, with
 * another id and another age.
 * @param find returns the queue with this ARN, or undefined
 * @param isWanted chooses the messages to move; default: all
 */
export function moveMessages(
  from: MessageQueue,
  destination: MessageQueue | undefined,
  find: (arn: string) => MessageQueue | undefined,
  isWanted: (message: Message) => boolean = () => true,
): Move {
  const messages = from.messages.filter(isWanted);
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
