// A run: which rows are decided, in which order, what is kept, and what the table and the exit status say.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { clientsIn } from '../../acceptance/clients';
import { run } from '../../acceptance/command';
import type { Context } from '../../acceptance/context';
import { decideAll } from '../../acceptance/deciding';
import { Undecidable } from '../../acceptance/errors';
import { UpdateFailed } from '../../acceptance/pulumi';
import { failed, held, type Row, type Verdict } from '../../acceptance/row';
import { allRows } from '../../acceptance/rows';
import { State } from '../../acceptance/state';
import { exitStatus, table } from '../../acceptance/table';
import { waitingBy } from '../../acceptance/waiting';
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { UsageError } from '../../local/commands/flags';
import { StepFailed } from '../../verify/step';
import { knownStack, steppingClock, waitFor } from './recorded-aws';

const FRESH = { region: 'us-east-1', cacheName: 'acceptance-1' };

describe('a run of the acceptance', () => {
  let folder: string;
  let decided: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-acceptance-'));
    decided = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const row = (name: string, needs: string[], verdict: Verdict | Error = held('so')): Row => ({
    name,
    needs,
    async decide() {
      decided.push(name);
      if (verdict instanceof Error) throw verdict;
      return verdict;
    },
  });
  async function decideOf(rows: Row[], { state = open(), signal = new AbortController().signal } = {}) {
    await decideAll(rows, nothing, { state, say: () => {}, signal });
    return state;
  }
  const open = () => State.open(folder, FRESH);
  const results = ({ run: { verdicts } }: State) =>
    Object.fromEntries(Object.entries(verdicts).map(([name, { result }]) => [name, result]));

  it('takes what was seen to be otherwise for failed, and what nobody could look at for undecided', async () => {
    const state = await decideOf([
      row('seen', [], failed('otherwise')),
      row('up', [], new UpdateFailed('pulumi up failed')),
      row('delivered', [], new StepFailed('store', 'did not come', [])),
      row('missing', [], new Undecidable('nothing runs')),
      row('refused', [], new Error('AccessDenied')),
    ]);
    assert.deepEqual(results(state), {
      seen: 'FAILED',
      up: 'FAILED',
      delivered: 'FAILED',
      missing: 'not decided',
      refused: 'not decided',
    });
  });

  it('does not decide a row that needs one which did not hold, and says which', async () => {
    const state = await decideOf([row('a', [], failed('no')), row('b', ['a']), row('c', ['b'])]);
    assert.deepEqual(decided, ['a']);
    assert.deepEqual(state.run.verdicts.b, { result: 'not decided', why: 'it needs "a": FAILED' });
    assert.deepEqual(state.run.verdicts.c, { result: 'not decided', why: 'it needs "b": not decided' });
  });

  it('goes on where it stopped: what is decided stays, what is open is decided', async () => {
    const rows = [row('a', []), row('b', ['a']), row('c', ['a'])];
    await decideOf(rows.slice(0, 2));
    const again = await decideOf(rows);
    assert(again.isContinued);
    assert.deepEqual(decided, ['a', 'b', 'c']);
  });

  it('does again, in a new stack, what an open row needs, and nothing else', async () => {
    const rows = [row('up', []), row('tracing', ['up']), row('traffic', ['up']), row('metrics', ['traffic'])];
    const state = await decideOf(rows.slice(0, 3));
    state.removed();
    decided = [];
    assert.deepEqual(results(await decideOf(rows)).metrics, 'held');
    assert.deepEqual(decided, ['up', 'traffic', 'metrics']);
  });

  it('leaves a row open that was interrupted, and those after it', async () => {
    const interruption = new AbortController();
    const interrupted: Row = {
      ...row('b', []),
      decide: async () => {
        interruption.abort();
        throw new Error('aborted');
      },
    };
    const rows = [row('a', []), interrupted, row('c', [])];
    const state = await decideOf(rows, { signal: interruption.signal });
    assert.deepEqual(results(state), { a: 'held' });
    assert.match(table(rows, state.run.verdicts), /^c {2}not decided {2}the run ended before this row$/m);
  });

  it('keeps its state where its user alone can read it, and knows a damaged one', () => {
    open().remember('requestId', '1');
    assert.equal(statSync(join(folder, 'run.json')).mode & 0o777, 0o600);
    assert.equal(open().run.facts.requestId, '1');
    writeFileSync(join(folder, 'run.json'), '{"region": 1}');
    assert.throws(open, /run\.json is damaged: region/);
  });

  it('exits with 0 where all held, 1 where one failed, 3 where some are not decided', () => {
    const rows = [row('a', []), row('b', [])];
    const status = (b: Verdict) => exitStatus(rows, { a: held('so'), b });
    assert.equal(status(held('so')), 0);
    assert.equal(status(failed('no')), 1);
    assert.equal(status({ result: 'not decided', why: 'nothing runs' }), 3);
    assert.equal(exitStatus(rows, { a: failed('no') }), 1, 'a failure goes before what is open');
    assert.equal(exitStatus(rows, { a: held('so') }), 3);
  });

  it('needs only rows that come before, each by its name', () => {
    const names: string[] = [];
    for (const { name, needs } of allRows('momento-webhooks')) {
      for (const need of needs) assert(names.includes(need), `${name} needs ${need}`);
      assert(!names.includes(name), name);
      names.push(name);
    }
  });

  it('says while it waits what for, until when and for how long, and ends in time', async () => {
    const said: string[] = [];
    const wait = waitingBy(steppingClock(), (line) => said.push(line));
    const alarm = { what: 'the alarm', withinMs: 120_000, everyMs: 10_000 };
    assert.equal(await wait(alarm, async () => undefined), undefined);
    assert.equal(said.length, 4);
    for (const line of said) assert.match(line, /^waiting until \d\d:\d\d:\d\d for the alarm; \d+ s so far$/);
    let looks = 0;
    assert.equal(await wait(alarm, async () => (++looks === 3 ? 'there' : undefined)), 'there');
  });

  describe('is refused', () => {
    const mistakes: [string[], NodeJS.ProcessEnv, RegExp][] = [
      [[], {}, /--stack is missing/],
      [['--stack', '../other'], {}, /a name that none of your stacks has/],
      [['--stack', 'x', '--keep'], {}, /Unknown option '--keep'/],
      [['--stack', 'x'], { MOMENTO_API_KEY: undefined }, /MOMENTO_API_KEY is missing/],
      [['--stack', 'x'], { MOMENTO_API_KEY: 'no key' }, /is not a Momento API key/],
    ];
    for (const [args, environment, says] of mistakes) {
      it(`with "${args.join(' ')}": ${says.source}`, async () => {
        const before = process.env.MOMENTO_API_KEY;
        process.env.MOMENTO_API_KEY = environment.MOMENTO_API_KEY ?? '';
        try {
          const terminal = { print: () => {}, signal: new AbortController().signal };
          await assert.rejects(run(args, terminal), (error) => {
            assert(error instanceof UsageError, String(error));
            assert.match(error.message, says);
            return true;
          });
        } finally {
          if (before === undefined) delete process.env.MOMENTO_API_KEY;
          else process.env.MOMENTO_API_KEY = before;
        }
      });
    }
  });
});

/** Rows here look at nothing of it. */
const nothing: Context = {
  aws: clientsIn({ region: FRESH.region }),
  region: FRESH.region,
  credentials: async () => assert.fail('nobody is called'),
  momento: { credentialProvider: apiKeyCredentials(makeLegacyKey(), {}), cacheName: FRESH.cacheName },
  stack: knownStack({}, []),
  sources: { replace: () => {}, restore: () => {} },
  facts: { get: () => '', set: () => {} },
  since: 0,
  waitFor,
  say: () => {},
  makeRole: async () => '',
};
