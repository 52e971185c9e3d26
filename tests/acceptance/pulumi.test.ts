// The Pulumi CLI as a run calls it, by a stand-in that records how it is called; the real one is in tests/engine.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { clientsIn } from '../../acceptance/clients';
import { Interrupted } from '../../acceptance/errors';
import { Pulumi, UpdateFailed } from '../../acceptance/pulumi';
import { removeAll } from '../../acceptance/removing';
import { State } from '../../acceptance/state';
import { UsageError } from '../../local/commands/flags';
import { type RecordedAws, Refused, recordedAws } from './recorded-aws';

/** As `pulumi up --json` prints them, one a line. */
const CHANGED = { summaryEvent: { resourceChanges: { same: 40, create: 2 } } };
const ERRORS = [
  { diagnosticEvent: { severity: 'warning', message: 'a warning' } },
  { diagnosticEvent: { severity: 'error', message: 'AWS said\n  no' } },
  { diagnosticEvent: { severity: 'error', message: 'update failed' } },
];

describe('the acceptance’s pulumi', () => {
  let folder: string;
  let path: string | undefined;
  let interruption: AbortController;
  let recorded: RecordedAws | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-pulumi-'));
    path = process.env.PATH;
    process.env.PATH = `${folder}${delimiter}${path}`;
    interruption = new AbortController();
  });
  afterEach(async () => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
    await recorded?.close();
    recorded = undefined;
  });

  /** A CLI that notes its arguments and its input, and then does this. */
  function standIn(work: string): Pulumi {
    const script = `#!${process.execPath}
      const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
      const args = process.argv.slice(2).join(' ');
      appendFileSync(${JSON.stringify(join(folder, 'called'))}, args + '\\n');
      const print = (...events) => events.forEach((event) => console.log(JSON.stringify(event)));
      ${work}`;
    writeFileSync(join(folder, 'pulumi'), script);
    chmodSync(join(folder, 'pulumi'), 0o755);
    return new Pulumi({ folder, stack: 'x', say: () => {}, signal: interruption.signal });
  }
  const noted = (file: string) => readFileSync(join(folder, file), 'utf8');

  it('is given a secret on standard input, never on the command line', async () => {
    const input = JSON.stringify(join(folder, 'input'));
    const pulumi = standIn(`writeFileSync(${input}, readFileSync(0));`);
    await pulumi.set('momentoApiKey', 'the-key', { secret: true });
    assert.equal(noted('called'), '--non-interactive config set --secret momentoApiKey --stack x\n');
    assert.equal(noted('input'), 'the-key');
  });

  it('says what an up changed, without what stayed', async () => {
    const { changes } = await standIn(`print(${JSON.stringify(CHANGED)});`).up();
    assert.deepEqual(changes, { create: 2 });
  });

  it('says why an up failed: the first error, on one line', async () => {
    const failing = standIn(`print(...${JSON.stringify(ERRORS)}); process.exitCode = 255;`);
    await assert.rejects(failing.up(), (error) => {
      assert(error instanceof UpdateFailed);
      assert.equal(error.message, 'pulumi up failed: AWS said no');
      return true;
    });
  });

  it('is wrong use where the stack cannot be made, or there is no pulumi', async () => {
    const taken = standIn(`console.error("error: stack 'x' already exists"); process.exitCode = 255;`);
    await assert.rejects(taken.init(), (error) => {
      assert(error instanceof UsageError);
      assert.match(error.message, /stack 'x' already exists/);
      return true;
    });
    process.env.PATH = folder;
    rmSync(join(folder, 'pulumi'));
    await assert.rejects(taken.init(), /pulumi is not on the PATH/);
  });

  it('is interrupted with the run, but never while it destroys', async () => {
    const ready = join(folder, 'ready');
    const waiting = standIn(`
      process.on('SIGINT', () => { writeFileSync(${JSON.stringify(join(folder, 'stopped'))}, ''); process.exit(255); });
      writeFileSync(${JSON.stringify(ready)}, '');
      setInterval(() => {}, 1000);`);
    const up = waiting.up();
    up.catch(() => {});
    while (!existsSync(ready)) await new Promise((resolve) => setImmediate(resolve));
    interruption.abort();
    await assert.rejects(up, Interrupted);
    assert(existsSync(join(folder, 'stopped')));
    await assert.rejects(waiting.up(), Interrupted);
    const { changes } = await standIn(`print(${JSON.stringify(CHANGED)});`).destroy();
    assert.deepEqual(changes, { create: 2 });
  });

  describe('where something cannot be removed', () => {
    function stateWith(changes: { made: boolean; roles: string[] }): State {
      const state = State.open(join(folder, 'state'), { region: 'us-east-1', cacheName: 'acceptance-1' });
      state.change(changes);
      return state;
    }
    const remove = (state: State, pulumi: Pulumi, aws: RecordedAws['aws']) =>
      removeAll({ state, pulumi, aws, stack: 'x', folder: '/the project', say: () => {} });

    it('names it with the command that removes it, and keeps it in mind', async () => {
      const DeleteRole = () => {
        throw new Refused('AccessDenied', 403);
      };
      recorded = await recordedAws({ DeleteRole });
      const state = stateWith({ made: true, roles: ['acceptance-2'] });
      const left = await remove(state, standIn('process.exitCode = 255;'), recorded.aws);
      assert.match(
        left.join('\n'),
        /the role acceptance-2: .*\n {2}aws iam delete-role --role-name acceptance-2\n/,
      );
      assert.match(left.join('\n'), /the cache acceptance-1 in Momento: pulumi destroy failed/);
      assert.match(left.join('\n'), /cd "\/the project" && pulumi destroy --stack x && pulumi stack rm x/);
      assert.deepEqual([state.run.made, state.run.roles], [true, ['acceptance-2']]);
    });

    it('goes on with the rest, and takes what is gone already for removed', async () => {
      const DeleteRole = ({ RoleName }: Record<string, unknown>) => {
        if (RoleName === 'gone') throw new Refused('NoSuchEntity', 404);
        return '<DeleteRoleResponse><ResponseMetadata/></DeleteRoleResponse>';
      };
      recorded = await recordedAws({ DeleteRole });
      const state = stateWith({ made: true, roles: ['gone', 'there'] });
      const left = await remove(state, standIn(`print(${JSON.stringify(CHANGED)});`), recorded.aws);
      assert.deepEqual([left, state.run.made, state.run.roles], [[], false, []]);
      assert.match(noted('called'), /destroy --yes .*\n.*stack rm --yes --stack x\n/);
    });

    it('calls nobody where nothing was made', async () => {
      const state = stateWith({ made: false, roles: [] });
      const aws = clientsIn({ region: 'us-east-1' });
      assert.deepEqual(await remove(state, standIn(''), aws), []);
      assert(!existsSync(join(folder, 'called')));
    });
  });
});
