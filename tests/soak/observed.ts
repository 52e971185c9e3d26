// What a soak observes of the running stack from outside.
import type { Stack } from '../../local/stack';

/** Counts the failures of functions from now on, by Lambda's error. */
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

/** Counts the instances that end by themselves from now on, by Lambda's error. */
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

/** Per instance of the webhook, on average. */
export async function webhookHeap(stack: Stack): Promise<number> {
  const used = await stack.heapUsed('webhookFunctionName');
  return Math.round(used.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, used.length));
}

/** Waits for work that happens in real time. */
export function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
