// Calls to SQS. Most instances never make one, so this file is loaded with the first.
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { patience } from './aws-patience';

const client = new SQSClient({
  maxAttempts: 2, // both fit into the second that is left when storing is given up
  requestHandler: patience(400, 600),
});

/** Rejects if SQS does not confirm the message. */
export async function sendMessage(queueUrl: string, body: string): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
}

/** Makes a received message visible again after `delaySeconds`. */
export async function changeVisibility(
  queueUrl: string,
  receiptHandle: string,
  delaySeconds: number,
): Promise<void> {
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: delaySeconds,
    }),
  );
}
