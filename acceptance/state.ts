// What an acceptance run has made and decided so far, in a folder that git ignores. The next run continues from it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Verdict } from './row';

const verdict = v.object({ result: v.picklist(['held', 'FAILED', 'not decided']), why: v.string() });

const run = v.object({
  /** The AWS region. */
  region: v.string(),
  /** The run's own, so that it never uses or deletes another cache. */
  cacheName: v.string(),
  /** Whether the stack exists: this run or an earlier one made it, and none removed it since. */
  made: v.boolean(),
  /** When the stack was made, in milliseconds since the epoch. */
  since: v.number(),
  /** By row name. */
  verdicts: v.record(v.string(), verdict),
  /** The rows that held in the current stack. */
  done: v.array(v.string()),
  /** Ids by which rows find what earlier rows did. */
  facts: v.record(v.string(), v.string()),
  /** Names of the roles that were made outside the stack. */
  roles: v.array(v.string()),
});

export type RunState = v.InferOutput<typeof run>;

export class State {
  private constructor(
    /** Everything that a run keeps on this machine. */
    readonly folder: string,
    private current: RunState,
    /** Whether it continues an earlier run. */
    readonly isContinued: boolean,
  ) {}

  /** The state of an unfinished earlier run, or `fresh`. Throws if the file is damaged. */
  static open(folder: string, fresh: Pick<RunState, 'region' | 'cacheName'>): State {
    let text: string;
    try {
      text = readFileSync(join(folder, 'run.json'), 'utf8');
    } catch {
      const empty = { made: false, since: 0, verdicts: {}, done: [], facts: {}, roles: [] };
      return new State(folder, { ...fresh, ...empty }, false);
    }
    const parsed = v.safeParse(run, JSON.parse(text));
    if (parsed.success) return new State(folder, parsed.output, true);
    throw new Error(`${join(folder, 'run.json')} is damaged: ${v.getDotPath(parsed.issues[0])}`);
  }

  get run(): Readonly<RunState> {
    return this.current;
  }

  /** Updates the state, also on disk. */
  change(changes: Partial<RunState>): void {
    this.current = { ...this.current, ...changes };
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.folder, 'run.json'), JSON.stringify(this.current, undefined, 2), { mode: 0o600 });
  }

  decided(row: string, verdict: Verdict): void {
    const { verdicts, done } = this.current;
    const stillDone = done.filter((name) => name !== row);
    this.change({
      verdicts: { ...verdicts, [row]: verdict },
      done: verdict.result === 'held' ? [...stillDone, row] : stillDone,
    });
  }

  remember(name: string, value: string): void {
    this.change({ facts: { ...this.current.facts, [name]: value } });
  }

  /** The stack is gone, and with it what its rows did. */
  removed(): void {
    this.change({ made: false, done: [], facts: {} });
  }

  /** Deletes the state: nothing is left to continue. */
  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
