import type { Stack } from '../local/stack';

/** Longer than any message is put off. */
const HURRY_MS = 900_000;
/** Far more than the ten tries after which a message is given up. */
const HURRIES_AT_MOST = 100;

/** Sets the clock of SQS forward, whenever no message is being handled, until the redrive queue is empty. */
export function drain(stack: Stack): Promise<void> {
  const queue = stack.sqs.find(String(stack.outputs.redriveQueueUrl));
  return hurryUntil(stack, () => queue.messages.length === 0);
}

/** The same, until something else is done. Throws where it never is, with how the redrive queue stands. */
export async function hurryUntil(stack: Stack, done: () => boolean): Promise<void> {
  await stack.queuesIdle();
  for (let hurries = 0; !done(); hurries++) {
    if (hurries === HURRIES_AT_MOST) throw new Error(`still waiting: ${standingOf(stack)}`);
    stack.sqs.hurry(HURRY_MS);
    await new Promise(setImmediate);
    await stack.queuesIdle();
  }
}

function standingOf(stack: Stack): string {
  const { messages } = stack.sqs.find(String(stack.outputs.redriveQueueUrl));
  const receives = Math.max(0, ...messages.map((message) => message.receives));
  return `the redrive queue holds ${messages.length} messages, the most tried one ${receives} times`;
}
