// The verdicts as a table, and the exit status that follows from them.
import { printable } from '../local/commands/terminal';
import { type Row, undecided, type Verdict } from './row';

export type Verdicts = Readonly<Record<string, Verdict>>;

/** The run did not reach a row without a verdict. */
function verdictOn({ name }: Row, verdicts: Verdicts): Verdict {
  return verdicts[name] ?? undecided('the run ended before this row');
}

export function table(rows: readonly Row[], verdicts: Verdicts): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map((row) => {
    const { result, why } = verdictOn(row, verdicts);
    return printable(`${row.name.padEnd(width)}  ${result.padEnd(11)}  ${why}`);
  });
  const count = (wanted: Verdict['result']) =>
    rows.filter((row) => verdictOn(row, verdicts).result === wanted).length;
  const sum = `${count('held')} held, ${count('FAILED')} FAILED, ${count('not decided')} not decided`;
  return [...lines, '', sum].join('\n');
}

/** 0: all held; 1: something failed; 3: nothing failed, but not everything is decided. */
export function exitStatus(rows: readonly Row[], verdicts: Verdicts): 0 | 1 | 3 {
  const results = rows.map((row) => verdictOn(row, verdicts).result);
  if (results.includes('FAILED')) return 1;
  return results.includes('not decided') ? 3 : 0;
}
