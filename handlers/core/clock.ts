// Time and chance as core code takes them, so that tests can hurry the one and fix the other.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `work` once after so many milliseconds, unless what it gives is called before. */
  after(milliseconds: number, work: () => void): () => void;
  /** From 0 to 1, as `Math.random`. */
  random(): number;
}
