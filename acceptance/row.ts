// A row of the acceptance table: one claim, and how to decide it.
import type { Context } from './context';

/** `not decided`: what would decide the claim was missing. */
export type Result = 'held' | 'FAILED' | 'not decided';

export interface Verdict {
  readonly result: Result;
  /** What was seen, or what was missing. One line, without any secret. */
  readonly why: string;
}

export interface Row {
  /** Names the row in the table and in the state file. */
  readonly name: string;
  /** The names of rows that must have held in this stack before: this row needs what they did. */
  readonly needs: readonly string[];
  /**
   * Looks, and returns the verdict. Throws ClaimFailed and Undecidable. Any other error means that it could not look, and
   * leaves the row undecided.
   */
  decide(context: Context): Promise<Verdict>;
}

export const held = (why: string): Verdict => ({ result: 'held', why });
export const failed = (why: string): Verdict => ({ result: 'FAILED', why });
export const undecided = (why: string): Verdict => ({ result: 'not decided', why });

/** Held if there are no complaints. */
export function unless(complaints: readonly string[], why: string): Verdict {
  return complaints.length === 0 ? held(why) : failed(complaints.join('; '));
}
