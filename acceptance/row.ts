// A row of the acceptance table: one claim, and how it is decided.
import type { Context } from './context';

/** `not decided` is neither of the others: what would tell was not there. */
export type Result = 'held' | 'FAILED' | 'not decided';

export interface Verdict {
  readonly result: Result;
  /** What was seen, or what was missing. One line, without any secret. */
  readonly why: string;
}

export interface Row {
  /** Names the row in the table and in the state file. */
  readonly name: string;
  /** The rows that must have held in this stack before, by their names: what they did is needed here. */
  readonly needs: readonly string[];
  /**
   * Looks, and says what follows. Throws ClaimFailed and Undecidable; any other error says that somebody could not look,
   * and leaves the row undecided.
   */
  decide(context: Context): Promise<Verdict>;
}

export const held = (why: string): Verdict => ({ result: 'held', why });
export const failed = (why: string): Verdict => ({ result: 'FAILED', why });
export const undecided = (why: string): Verdict => ({ result: 'not decided', why });

/** Held where there is nothing to complain about. */
export function unless(complaints: readonly string[], why: string): Verdict {
  return complaints.length === 0 ? held(why) : failed(complaints.join('; '));
}
