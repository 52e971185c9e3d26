// Decides one row after another, and keeps each verdict. The next run continues with the rows that have none.
import { pace } from '../local/commands/progress';
import { StepFailed } from '../verify/step';
import { reasonOf } from './calling';
import type { Context } from './context';
import { ClaimFailed } from './errors';
import { failed, type Row, undecided, type Verdict } from './row';
import type { State } from './state';

export interface DecideOptions {
  readonly state: State;
  readonly say: (line: string) => void;
  /** Ends the run. Rows without a verdict stay so. */
  readonly signal: AbortSignal;
}

export async function decideAll(
  rows: readonly Row[],
  context: Context,
  { state, say, signal }: DecideOptions,
): Promise<void> {
  const toDo = rowsToDo(rows, state);
  const start = Date.now();
  for (const [index, row] of toDo.entries()) {
    if (signal.aborted) return;
    const missing = row.needs.find((name) => !state.run.done.includes(name));
    if (index > 0) say(`rows decided: ${pace(index, toDo.length, Date.now() - start)}`);
    if (missing === undefined) say(`row ${index + 1} of ${toDo.length}: ${row.name}`);
    const verdict =
      missing === undefined
        ? await decide(row, context)
        : undecided(`it needs "${missing}": ${state.run.verdicts[missing]?.result ?? 'not decided'}`);
    if (signal.aborted && verdict.result !== 'held') return; // the interruption may be the only cause
    state.decided(row.name, verdict);
    say(`${verdict.result}: ${row.name}: ${verdict.why}`);
  }
}

/** Rows without a verdict, and the rows that these need in the current stack. */
function rowsToDo(rows: readonly Row[], { run }: State): Row[] {
  const toDo = new Set<Row>();
  const needed = new Set<string>();
  for (const row of [...rows].reverse()) {
    const isDone = run.done.includes(row.name);
    if (row.name in run.verdicts && (isDone || !needed.has(row.name))) continue;
    toDo.add(row);
    for (const name of row.needs) needed.add(name);
  }
  return rows.filter((row) => toDo.has(row));
}

/** A row has failed only if what was seen contradicts its claim. If it could not look, it is not decided. */
async function decide(row: Row, context: Context): Promise<Verdict> {
  try {
    return await row.decide(context);
  } catch (error) {
    const why = reasonOf(error).replace(/\s+/g, ' ');
    return error instanceof ClaimFailed || error instanceof StepFailed ? failed(why) : undecided(why);
  }
}
