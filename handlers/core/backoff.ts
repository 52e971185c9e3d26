// How long to wait before the next try: "decorrelated jitter" (AWS Architecture Blog, "Exponential Backoff And Jitter").

export interface Backoff {
  /** The shortest wait, in milliseconds. */
  readonly leastMs: number;
  /** The longest wait, in milliseconds. */
  readonly mostMs: number;
}

/**
 * Milliseconds from `leastMs` to three times the previous wait, never more than `mostMs`.
 * @param previousMs the wait before this one; undefined for the first
 * @param random from 0 to 1, like `Math.random`
 */
export function nextWait(
  { leastMs, mostMs }: Backoff,
  previousMs: number | undefined,
  random: () => number,
): number {
  const upTo = Math.min(mostMs, 3 * (previousMs ?? leastMs));
  return leastMs + random() * (upTo - leastMs);
}
