// Time and randomness as arguments of core code, so that tests control both.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `work` once after this many milliseconds, unless the returned function is called first. */
  after(milliseconds: number, work: () => void): () => void;
  /** From 0 to 1, like `Math.random`. */
  random(): number;
}
