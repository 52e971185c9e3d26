// What a function does while it initialises. Lambda gives INIT a whole CPU at any memory setting, and an invocation 0.29 of
// one at 512 MB. So what every first request needs is done before it comes, in so far as it can be.
import { before, INIT_WITHIN_MS } from '../core/deadline';

const waiting: Promise<unknown>[] = [];

/** INIT waits for this work. How it ends is no matter. */
export function whileInitialising(work: Promise<unknown>): void {
  waiting.push(work.catch(() => undefined));
}

/** Runs code that the first request needs, so that it is compiled. It sees made-up input, and may throw. */
export function rehearse(code: () => unknown): void {
  try {
    code();
  } catch {} // made-up input is refused somewhere
}

/** Resolves when the work is done, or a second after `start` (milliseconds since the epoch). Never rejects. */
export async function initialised(start: number): Promise<void> {
  await before(start + INIT_WITHIN_MS, Promise.all(waiting)).catch(() => undefined);
}
