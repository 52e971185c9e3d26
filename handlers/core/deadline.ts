// Giving up in time: a caller that waits five seconds is better served by an answer than by silence.

/** A moment in milliseconds since the epoch, after which nobody waits for the result. */
export type Deadline = number;

/** INIT waits this long in all, in milliseconds. What takes longer, or fails, the first request does itself. */
export const INIT_WITHIN_MS = 1_000;

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  constructor() {
    super('gave up at the deadline');
  }
}

/**
 * The result of `work`, or DeadlineExceeded once `deadline` has passed. The work itself continues, so its late effects must
 * be harmless, like those of an idempotent write.
 */
export async function before<T>(deadline: Deadline, work: Promise<T>, now = Date.now): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded()), Math.max(0, deadline - now()));
  });
  try {
    return await Promise.race([work, late]); // a later failure of the work is ignored
  } finally {
    clearTimeout(timer);
  }
}
