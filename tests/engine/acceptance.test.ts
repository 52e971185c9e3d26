// `npm run acceptance` in an AWS in which nothing runs: what it decides there, what it reports as undecided, and that it
// leaves nothing behind, also if it is interrupted and continues later.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { makeLegacyKey } from 'local-momento';
import { everything } from './cloud';
import { MomentoAccount } from './momento-account';
import { ProjectCopy, succeeded } from './stack';

const PROJECT = resolve(__dirname, '../..');
const STACK = 'accepted-here';
const STATE = join(PROJECT, '.acceptance', STACK);
const API_KEY = makeLegacyKey();

interface Ran {
  readonly status: number | null;
  readonly printed: string;
  /** The results of the table's rows, by their names. */
  readonly results: Record<string, string>;
}

describe('npm run acceptance, in an AWS that runs nothing', () => {
  let project: ProjectCopy;
  let momento: MomentoAccount;
  let untouched: string[];
  let ended: Ran;
  let keptState: boolean;
  let leftAtEnd: string[];
  let whole: Ran;
  let left: string[];

  before(async function () {
    this.timeout(900_000);
    rmSync(STATE, { recursive: true, force: true });
    project = new ProjectCopy();
    momento = await MomentoAccount.start();
    momento.accept(API_KEY);
    untouched = await everything();

    ended = await acceptance(['--stack', STACK, '--yes'], { endAfter: /held: second up: / });
    keptState = existsSync(join(STATE, 'run.json'));
    leftAtEnd = await everything();
    whole = await acceptance(['--stack', STACK, '--yes']);
    left = await everything();
  });

  after(async () => {
    await momento?.close();
    project?.remove();
    rmSync(STATE, { recursive: true, force: true });
  });

  /** Runs the command; `endAfter` is what it prints before somebody presses Ctrl-C. */
  function acceptance(args: string[], { endAfter }: { endAfter?: RegExp } = {}): Promise<Ran> {
    return new Promise((done, failed) => {
      const command = ['-r', './infra/read-typescript.cjs', 'acceptance/cli.ts', ...args];
      const env = { ...process.env, ...project.environment, MOMENTO_API_KEY: API_KEY };
      const child = spawn(process.execPath, command, { cwd: PROJECT, env });
      let printed = '';
      let isEnded = false;
      const take = (chunk: string) => {
        printed += chunk;
        if (isEnded || !endAfter?.test(printed)) return;
        isEnded = true;
        child.kill('SIGINT');
      };
      child.stdout.setEncoding('utf8').on('data', take);
      child.stderr.setEncoding('utf8').on('data', take);
      child.stdin.end();
      child.on('error', failed);
      child.on('close', (status) => {
        const rows = printed.matchAll(/^(\S.*?) {2,}(held|FAILED|not decided) {2,}/gm);
        const results = Object.fromEntries([...rows].map(([, name = '', result = '']) => [name, result]));
        done({ status, printed, results });
      });
    });
  }

  it('decides rows that need nothing running, and counts the others neither as held nor as failed', () => {
    assert.deepEqual(
      whole.results,
      {
        'first up': 'held',
        'tracing off': 'not decided',
        'second up': 'held',
        "public webhook's policy": 'not decided',
        dashboard: 'not decided',
        'unsigned calls': 'not decided',
        "a stranger's direct calls": 'not decided',
        'wrong-secret alarm': 'not decided',
        traffic: 'not decided',
        'AWSPREVIOUS after a rotation': 'held',
        'redrive timing': 'not decided',
        'API Gateway in front': 'not decided',
        'the relay': 'not decided',
        'dashboard with the relay': 'not decided',
        'second up with the relay': 'not decided',
        'metrics of alarms and dashboard': 'not decided',
        'Logs Insights queries': 'not decided',
        'a relay that exits 1': 'not decided',
        'nothing left after destroy': 'held',
      },
      whole.printed,
    );
    assert.match(whole.printed, /\n4 held, 0 FAILED, 15 not decided\n/);
    assert.equal(whole.status, 3);
  });

  it('says what was missing for each row that it could not decide', () => {
    const why = (row: string) =>
      whole.printed.match(new RegExp(`^${row} +not decided +(.+)$`, 'm'))?.[1] ?? whole.printed;
    assert.match(why('tracing off'), /this Lambda does not switch tracing off/);
    assert.match(why("public webhook's policy"), /no policy in IAM's grammar/);
    assert.match(why('dashboard'), /accepts a faulty body without a message/);
    assert.match(why('unsigned calls'), /AWS_ENDPOINT_URL names another AWS/);
    assert.match(why("a stranger's direct calls"), /this AWS checks no permissions/);
    assert.match(why('redrive timing'), /it needs "traffic": not decided/);
    assert.match(why('the relay'), /Docker|starts no task/);
  });

  it('says before it begins what it makes, where, and what it costs', () => {
    assert.match(whole.printed, /In the AWS account 123456789012 \(region us-east-1\)/);
    assert.match(whole.printed, /4 Lambda functions.*2 queues, 2 secrets/);
    assert.match(whole.printed, /0\.10 USD/);
  });

  it('removes all that it made, in Momento too, and forgets a finished run', async () => {
    assert.deepEqual(left, untouched);
    assert.deepEqual(await momento.caches(), []);
    assert(!existsSync(STATE));
  });

  it('removes all that it made if it is interrupted, and keeps the verdicts', () => {
    assert.deepEqual(leftAtEnd, untouched);
    assert(keptState);
    assert.equal(ended.status, 3);
    assert.equal(ended.results['second up'], 'held');
    assert.match(ended.printed, /^redrive timing +not decided +the run ended before this row$/m);
  });

  it('continues with the open rows, and repeats only what they need', () => {
    assert.match(whole.printed, /The run continues: \d+ rows are decided/);
    assert.match(whole.printed, /row 1 of \d+: first up/);
    assert(!/row \d+ of \d+: (tracing off|second up)$/m.test(whole.printed), whole.printed);
  });

  it('shows no secret', () => {
    for (const { printed } of [ended, whole]) assert(!printed.includes(API_KEY));
  });

  it('refuses a stack that exists, and leaves it alone', async () => {
    const { name } = await project.stack('somebodys');
    const { status, printed } = await acceptance(['--stack', name, '--yes']);
    assert.equal(status, 2, printed);
    assert.match(printed, /stack '.*somebodys' already exists/);
    assert(!existsSync(join(PROJECT, '.acceptance', name)));
    succeeded(await project.pulumi(['stack', 'rm', '--yes', name]));
  });

  it('refuses a name that is in the tags of a resource of the account', async () => {
    const sqs = new SQSClient({});
    const tags = { project: 'momento-webhooks', stack: 'somebodys' };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'somebodys', tags }));
    try {
      const { status, printed } = await acceptance(['--stack', 'somebodys', '--yes']);
      assert.equal(status, 2, printed);
      assert.match(printed, /:somebodys has the tags of a stack somebodys/);
    } finally {
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    }
  });

  it('makes nothing without a terminal to ask at', async () => {
    const { status, printed } = await acceptance(['--stack', 'not-asked']);
    assert.equal(status, 2, printed);
    assert.match(printed, /add --yes/);
    assert.deepEqual(await everything(), untouched);
  });
});
