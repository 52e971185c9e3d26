import type { Stack } from '../local/stack';

/** Longer than any message is put off. */
const HURRY_MS = 900_000;

/** Sets the clock of SQS forward, whenever no message is being handled, until the redrive queue is empty. */
export function drain(stack: Stack): Promise<void> {
  const queue = stack.sqs.find(String(stack.outputs.redriveQueueUrl));
  return hurryUntil(stack, () => queue.messages.length === 0);
}

export async function hurryUntil(stack: Stack, done: () => boolean): Promise<void> {
  await stack.queuesIdle();
  while (!done()) {
    stack.sqs.hurry(HURRY_MS);
    await new Promise(setImmediate);
    await stack.queuesIdle();
  }
}
