// What a soak sees of the stack from outside while it runs.
import type { Stack } from '../../local/stack';

/** How often functions have failed from now on, by Lambda's own words for it. */
export function failuresOf(stack: Stack): Record<string, number> {
  const failures: Record<string, number> = {};
  stack.events.on('log', ({ function: name, line }) => {
    if (!line.includes('"errorType":')) return;
    const { message, ...outer } = JSON.parse(line);
    const { errorType, errorMessage } = { ...outer, ...Object(message) };
    count(failures, name, errorType, errorMessage);
  });
  return failures;
}

/** How often instances have ended by themselves from now on, in the same words. */
export function crashesOf(stack: Stack): Record<string, number> {
  const crashes: Record<string, number> = {};
  stack.events.on('crash', ({ function: name, error }) => {
    count(crashes, name, error.errorType, error.errorMessage);
  });
  return crashes;
}

function count(counts: Record<string, number>, name: string, type: string, message: unknown): void {
  const failure = `${name}: ${type}: ${String(message).replace(/^RequestId: \S+ /, '')}`;
  counts[failure] = (counts[failure] ?? 0) + 1;
}

/** Of each instance of the webhook, on average. */
export async function webhookHeap(stack: Stack): Promise<number> {
  const used = await stack.heapUsed('webhookFunctionName');
  return Math.round(used.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, used.length));
}

/** Waits for work that happens in real time. */
export function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
