// Giving up in time: a caller that waits five seconds is better served by an answer than by silence.

/** A moment in milliseconds since the epoch, after which nobody waits for the result any more. */
export type Deadline = number;

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  constructor() {
    super('gave up at the deadline');
  }
}

/**
 * The result of `work`, or DeadlineExceeded once `deadline` has passed. The work itself goes on: whatever it does late
 * must be harmless (as an idempotent write is).
 */
export async function before<T>(deadline: Deadline, work: Promise<T>, now = Date.now): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded()), Math.max(0, deadline - now()));
  });
  try {
    return await Promise.race([work, late]); // after which a failure of the work concerns nobody
  } finally {
    clearTimeout(timer);
  }
}
