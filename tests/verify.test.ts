// The check of a running stack, on the local one; as a deployed stack it is told of by a stand-in for the Pulumi CLI.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { apiKeyCredentials, localMomento } from '../handlers/adapters/momento-credentials';
import { UsageError } from '../local/commands/flags';
import { type Stack, startStack } from '../local/stack';
import { run } from '../verify/command';
import { deployedStack } from '../verify/deployed-stack';
import { StepFailed } from '../verify/step';
import { type Target, verify } from '../verify/verify';

const PROJECT = resolve(__dirname, '..');
const LOOK_AT = {
  caller: 'the caller',
  url: 'the URL',
  publisher: 'the publisher',
  webhook: 'the webhook',
  delivery: 'the delivery',
  queue: 'the queue',
  cache: 'the cache',
};

describe('npm run verify', () => {
  let stack: Stack;
  let folder: string;
  let keysUsed: string[];

  before(async function () {
    this.timeout(240_000);
    stack = await startStack({ config: { delivery: 'managed-webhook' } });
    folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-verify-'));
  });
  after(async () => {
    await stack.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    keysUsed = [];
  });
  afterEach(() => stack.setFaults(undefined));

  const target = (other: Partial<Target> = {}): Target => ({
    publisherUrl: String(stack.outputs.publisherUrl),
    signingName: stack.signingName,
    application: stack.application,
    access: stack.access,
    lookAt: LOOK_AT,
    ...other,
  });
  const failure = async (attempt: Promise<void>) => {
    const error: unknown = await attempt.then(
      () => assert.fail('it succeeded'),
      (reason: unknown) => reason,
    );
    assert(error instanceof StepFailed, String(error));
    return { step: error.step, why: error.why, lookAt: error.lookAt[0] };
  };
  const verified = (other: Partial<Target> = {}, withinMs = 15_000) =>
    verify(target(other), { withinMs, tell: () => {} });

  it('sends a comment the whole way, and leaves nothing', async () => {
    const steps: string[] = [];
    stack.momento.on('call', ({ operation, code }) => {
      if (code === 0) keysUsed.push(operation);
    });
    await verify(target(), { withinMs: 15_000, tell: (step) => steps.push(step) });
    assert.deepEqual(steps, ['published', 'handled', 'removed']);
    assert(keysUsed.includes('SortedSetPut'));
    assert.equal(keysUsed.at(-1), 'Delete');
  });

  it('says that the caller may not call the publisher', async () => {
    const credentials = async () => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wrong' });
    const { step, why, lookAt } = await failure(verified({ access: { ...stack.access, credentials } }));
    assert.deepEqual([step, lookAt], ['publish', LOOK_AT.caller]);
    assert.match(why, /403: IAM does not let you/);
  });

  it('says that there are no AWS credentials', async () => {
    const credentials = async () => Promise.reject(new Error('no provider has any'));
    const { step, why, lookAt } = await failure(verified({ access: { ...stack.access, credentials } }));
    assert.deepEqual([step, lookAt], ['publish', LOOK_AT.caller]);
    assert.match(why, /no AWS credentials: no provider has any/);
  });

  it('says that the publisher does not answer', async () => {
    const { step, lookAt } = await failure(verified({ publisherUrl: 'http://127.0.0.1:9/' }));
    assert.deepEqual([step, lookAt], ['publish', LOOK_AT.url]);
  });

  it('says that Momento would not publish', async () => {
    stack.setFaults((operation) => (operation === 'Publish' ? { kind: 'refuse' } : undefined));
    const { step, why, lookAt } = await failure(verified());
    assert.deepEqual([step, lookAt], ['publish', LOOK_AT.publisher]);
    assert.match(why, /answered 50[23]/);
  });

  it('says that the message did not arrive, and what may hold it up', async () => {
    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    const { step, why, lookAt } = await failure(verified({}, 1000));
    assert.deepEqual([step, lookAt], ['store', LOOK_AT.delivery]);
    assert.match(why, /published, but did not arrive in time/);
  });

  it('says that the cache cannot be read with this key', async () => {
    const credentialProvider = apiKeyCredentials(makeLegacyKey(), { local: localMomento(stack.momento.url) });
    const { step, lookAt } = await failure(verified({ access: { ...stack.access, credentialProvider } }));
    assert.deepEqual([step, lookAt], ['store', LOOK_AT.cache]);
  });

  it('goes on reading where Momento fails for a moment', async () => {
    let refused = 0;
    stack.setFaults((operation) =>
      operation === 'SortedSetFetch' && refused++ < 8 ? { kind: 'refuse' } : undefined,
    );
    await verified();
    assert(refused > 8);
  });

  it('says that the comment stays where it cannot be removed', async () => {
    stack.setFaults((operation) => (operation === 'Delete' ? { kind: 'refuse' } : undefined));
    const { step, lookAt } = await failure(verified());
    assert.deepEqual([step, lookAt], ['remove', LOOK_AT.cache]);
  });

  describe('of a deployed stack', () => {
    /** The Pulumi CLI as far as it is called: prints what it is asked for. */
    function standIn(
      config: Record<string, { value?: string; secret?: boolean }>,
      outputs: Record<string, unknown> = stack.outputs,
    ): void {
      const script = `#!${process.execPath}
        const args = process.argv.slice(2).join(' ');
        const answers = ${JSON.stringify({
          '--non-interactive stack output --json --stack dev': outputs,
          '--non-interactive config --json --stack dev': config,
        })};
        if (args in answers) console.log(JSON.stringify(answers[args]));
        else { console.error('error: no stack named "' + args.split(' ').at(-1) + '" found'); process.exit(255); }`;
      writeFileSync(join(folder, 'pulumi'), script);
      chmodSync(join(folder, 'pulumi'), 0o755);
    }
    const pathOfStandIn = () => `${folder}${delimiter}${process.env.PATH}`;
    function command(flags: string[]) {
      const { accessKeyId, secretAccessKey } = stack.credentials;
      const env = {
        PATH: pathOfStandIn(),
        AWS_REGION: stack.region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        MOMENTO_API_KEY: stack.apiKey,
        MOMENTO_ENDPOINT_URL: stack.momento.url,
      };
      const args = ['-r', './infra/read-typescript.cjs', 'verify/cli.ts', ...flags];
      return new Promise<{ status: unknown; stdout: string; stderr: string }>((done) => {
        execFile(process.execPath, args, { cwd: PROJECT, env }, (error, stdout, stderr) => {
          done({ status: error ? error.code : 0, stdout, stderr });
        });
      });
    }

    it('takes the outputs, the AWS credentials and the Momento key of the caller', async () => {
      standIn({
        'momento-webhooks:delivery': { value: 'managed-webhook' },
        'momento-webhooks:cacheName': { value: stack.cacheName },
      });
      const { status, stdout, stderr } = await command(['--stack', 'dev']);
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /^ {2}published .*\n {2}handled .*\n {2}removed .*\n$/);
    });

    it('signs for API Gateway where it is in front, in the stack’s region, and names the permission', async () => {
      const config = {
        'momento-webhooks:delivery': { value: 'managed-webhook' },
        'aws:region': { value: 'eu-west-1' },
      };
      const publisherUrl = 'https://comments.example.com/comments';
      standIn(config, { ...stack.outputs, publisherUrl, apiId: 'a1b2c3d4e5' });
      const read = () => deployedStack('dev', undefined);
      const { signingName, access, lookAt } = await inEnvironment({ PATH: pathOfStandIn() }, read);
      assert.deepEqual([signingName, access.region], ['execute-api', 'eu-west-1']);
      assert.match(lookAt.caller, /execute-api:Invoke on the route POST \/comments of the API a1b2c3d4e5/);

      const ofAws = 'https://a1b2c3d4e5.execute-api.ap-south-2.amazonaws.com/comments';
      standIn(config, { ...stack.outputs, publisherUrl: ofAws, apiId: 'a1b2c3d4e5' });
      assert.equal((await inEnvironment({ PATH: pathOfStandIn() }, read)).access.region, 'ap-south-2');
    });

    it('says at once that the signing secret is missing', async () => {
      standIn({});
      await assert.rejects(
        within({ PATH: pathOfStandIn() }, ['--stack', 'dev']),
        /stack failed: it has no signing secret yet.*\n {2}look at: .*pulumi up --stack dev/,
      );
    });

    it('passes on what pulumi says of an unknown stack', async () => {
      standIn({});
      await assert.rejects(
        within({ PATH: pathOfStandIn() }, ['--stack', 'nowhere']),
        /no stack named "nowhere" found\n {2}look at: pulumi stack ls/,
      );
    });

    const mistakes: [string[], NodeJS.ProcessEnv, RegExp][] = [
      [[], {}, /either --stack STACK or --local/],
      [['--stack', 'dev', '--local'], {}, /either --stack STACK or --local/],
      [['--stack', 'dev', '--port', '4700'], {}, /--port works only with --local/],
      [['--local', '--within', '0'], {}, /--within is "0"; allowed: 1 to 600/],
      [['--stack', 'dev'], { MOMENTO_API_KEY: undefined }, /MOMENTO_API_KEY is missing/],
      [['--stack', 'dev'], { PATH: '/nowhere' }, /pulumi is not on the PATH/],
      [['--local', '--port', '1'], {}, /no local stack of this project runs on port 1/],
    ];
    for (const [flags, environment, says] of mistakes) {
      it(`refuses "${flags.join(' ')}" and says: ${says.source}`, async () => {
        await assert.rejects(within(environment, flags), (error) => {
          assert(error instanceof UsageError);
          assert.match(error.message, says);
          return true;
        });
      });
    }

    /** Runs the command in this process, with these variables beside the caller's key. */
    function within(environment: NodeJS.ProcessEnv, flags: string[]): Promise<void> {
      return inEnvironment(environment, () => run(flags, () => {}));
    }

    async function inEnvironment<T>(environment: NodeJS.ProcessEnv, act: () => Promise<T>): Promise<T> {
      const before = { ...process.env };
      Object.assign(process.env, { MOMENTO_API_KEY: stack.apiKey, MOMENTO_ENDPOINT_URL: stack.momento.url });
      for (const [name, value] of Object.entries(environment)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      try {
        return await act();
      } finally {
        for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
        Object.assign(process.env, before);
      }
    }
  });
});
