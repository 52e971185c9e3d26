import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Kept } from '../../local/commands/kept';
import { copyProgram } from '../copy';

/** Proxies as a company sets them, all out of reach: nothing on this machine may be sent there. */
const DEAD_PROXIES = {
  grpc_proxy: 'http://127.0.0.1:1',
  http_proxy: 'http://127.0.0.1:1',
  https_proxy: 'socks5://127.0.0.1:1', // gRPC complains of its scheme
  HTTP_PROXY: 'http://127.0.0.1:1',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  ALL_PROXY: 'http://127.0.0.1:1',
  NODE_USE_ENV_PROXY: '1',
  no_grpc_proxy: 'example.com',
};

/** Somebody's own code, which has nothing but the variables of `--env`: it publishes twice, and reads. */
const BACKEND = `
  const { InvokeCommand, LambdaClient } = require('@aws-sdk/client-lambda');
  const { CacheClient, Configurations, CredentialProvider } = require('@gomomento/sdk');
  const lambda = new LambdaClient();
  async function publish(publication) {
    const FunctionName = process.env.PUBLISHER_FUNCTION_NAME;
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(publication) }));
    return JSON.parse(Buffer.from(Payload).toString()).statusCode;
  }
  async function main() {
    const comment = { userId: 'robin', courseId: 'mine', comment: 'From my own backend' };
    console.log(await publish({ ...comment, userId: ' ' }), await publish(comment));
    const { host } = new URL(process.env.MOMENTO_ENDPOINT_URL);
    const credentialProvider = CredentialProvider.fromEnvVar({
      environmentVariableName: 'MOMENTO_API_KEY',
      endpointOverrides: { cacheEndpoint: host, controlEndpoint: host, tokenEndpoint: host, secureConnection: false },
    });
    const cache = await CacheClient.create({
      configuration: Configurations.Laptop.latest(),
      credentialProvider,
      defaultTtlSeconds: 60,
    });
    let elements = [];
    while (elements.length === 0) {
      const fetched = await cache.sortedSetFetchByRank(process.env.CACHE_NAME, 'mine');
      elements = fetched.value?.() ?? [];
    }
    console.log(JSON.parse(elements[0].value).comment);
    process.exit();
  }
  main();
`;

describe('npm start', function () {
  this.timeout(240_000);
  let folder: string;
  let temporary: string;
  const running = new Set<ChildProcess>();

  /** A copy of the project, whose handlers the tests can change, with its own folder for temporary files. */
  before(() => {
    folder = copyProgram('.bundles', 'verify');
    temporary = join(folder, 'temporary');
    mkdirSync(temporary);
  });
  after(() => {
    for (const one of running) one.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  function command(script: string, flags: string[]) {
    const { MOMENTO_API_KEY: _, ...environment } = process.env;
    const child = spawn(process.execPath, ['-r', './infra/read-typescript.cjs', script, ...flags], {
      cwd: folder,
      env: { ...environment, ...DEAD_PROXIES, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  }

  /** Runs a command to its end. */
  async function run(script: string, flags: string[]) {
    const child = command(script, flags);
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { status, stdout, stderr };
  }

  it('--once shows the steps of a comment, exits 0 and leaves nothing behind', async () => {
    const { status, stdout, stderr } = await run('local/cli.ts', ['--once']);
    assert.deepEqual([status, stderr], [0, '']);
    const steps = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/)[0]);
    assert.deepEqual(steps.filter(Boolean), [
      'token vended',
      'published',
      'webhook called',
      'handled',
      'webhook answered',
      'read back',
    ]);
    assert.match(stdout, /handled +stored in course 123\n/);
    assert.match(stdout, /read back +course 123: taylor wrote "What a course!"/);
    assert.deepEqual(leftIn(temporary), []);
  });

  it('--once exits 1 with the reason if a step fails', async () => {
    const { status, stderr } = await run('local/cli.ts', ['--once', '--fault', 'Publish=refuse']);
    assert.equal(status, 1);
    assert.match(stderr, /^publishing failed: the publisher answered 503/);
    assert.deepEqual(leftIn(temporary), []);
  });

  it('names a port in use, an unknown flag and a wrong value', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const { port } = address;
    const [inUse, ofPage, unknown, wrong, misspelt] = await Promise.all([
      run('local/cli.ts', ['--once', '--port', String(port)]),
      // reported before the program is evaluated, which would fail
      run('local/cli.ts', ['--delivery', 'pigeon', '--port', String(port)]),
      run('local/cli.ts', ['--nonce']),
      run('local/cli.ts', ['--port', '70000']),
      run('local/cli.ts', ['--once', '--fault', 'SortedSetPt=refuse']),
    ]);
    server.close();
    assert.equal(ofPage.stderr, inUse.stderr);
    assert.deepEqual(
      [inUse.status, ofPage.status, unknown.status, wrong.status, misspelt.status],
      [2, 2, 2, 2, 2],
    );
    assert.equal(
      inUse.stderr,
      `port ${port} on 127.0.0.1 is in use: stop the process that uses it, or choose other ports with --port\n`,
    );
    assert.match(unknown.stderr, /^Unknown option '--nonce'; allowed: --once, --port,/);
    assert.match(wrong.stderr, /^--port is "70000"; allowed: 1 to \d+/);
    assert.match(misspelt.stderr, /^fault "SortedSetPt=refuse": no operation SortedSetPt; there are /);
    for (const name of [
      'SortedSetPut',
      'Publish',
      'SendMessage',
      'GetSecretValue',
      'Invoke',
      'FunctionUrl',
    ]) {
      assert.match(misspelt.stderr, new RegExp(`[ ,]${name}\\b`));
    }
  });

  it('read says that a cache in Momento needs a key, and that a port is of the local stack', async () => {
    const [keyless, both] = await Promise.all([
      run('local/commands/read.ts', ['--course', '123', '--cache', 'mine']),
      run('local/commands/read.ts', ['--course', '123', '--cache', 'mine', '--port', '4700']),
    ]);
    assert.deepEqual([keyless.status, both.status], [2, 2]);
    assert.match(keyless.stderr, /^MOMENTO_API_KEY is missing: /);
    assert.match(
      both.stderr,
      /^--port reads from the local stack, --cache from Momento: give one of them\n$/,
    );
  });

  it('stays up, can be read, swaps in a changed handler, and ends at once on Ctrl-C', async () => {
    const kept = Kept.open(join(folder, '.local', 'keys.json'));
    const child = command('local/cli.ts', ['--port', '0']);
    const output = collect(child);
    await output.until(/Ctrl-C ends it/);
    const [, port = ''] = /^Watch it live: http:\/\/127\.0\.0\.1:(\d+)\/\n/.exec(output.seen()) ?? [];
    const [, webhookUrl = ''] = /webhook +(http:\S+)/.exec(output.seen()) ?? [];

    const read = await run('local/commands/read.ts', ['--course', '123', '--port', port]);
    assert.deepEqual([read.status, read.stderr], [0, '']);
    assert.match(read.stdout, /^\d{4}-\S+Z {2}"taylor" {2}"What a course!"\n$/);
    const verified = await run('verify/cli.ts', ['--local', '--port', port]);
    assert.deepEqual([verified.status, verified.stderr], [0, '']);

    const { stdout: variables } = await run('local/cli.ts', ['--env', '--port', port]);
    assert(variables.includes(`MOMENTO_API_KEY=${kept.momentoApiKey}\n`));
    assert(variables.includes(`AWS_ACCESS_KEY_ID=${kept.user.accessKeyId}\n`));
    writeFileSync(join(folder, '.env'), variables);
    const backend = spawn(process.execPath, ['--env-file=.env', '-e', BACKEND], { cwd: folder });
    const [answers, complaint] = await Promise.all([text(backend.stdout), text(backend.stderr)]);
    assert.equal(answers, '422 200\nFrom my own backend\n', complaint);
    await output.until(/! not published {5}malformed\n/);
    const [, name = ''] = /^PUBLISHER_FUNCTION_NAME=(\S+)$/m.exec(variables) ?? [];
    assert(output.seen().includes(`\n  ${name}\n`), 'the name is printed for aws lambda invoke');

    const [, publisherUrl = ''] = /^PUBLISHER_URL=(\S+)$/m.exec(variables) ?? [];
    assert.equal((await fetch(publisherUrl, { method: 'POST' })).status, 403);
    await output.until(/! answered {10}403 to POST of publisher\n/);

    const handler = join(folder, 'handlers', 'webhook.ts');
    const source = readFileSync(handler, 'utf8');
    const declaration = /(export async function handler\([^)]*\)[^{]*\{)/;
    assert.match(source, declaration);
    assert.equal((await fetch(webhookUrl)).status, 405);
    writeFileSync(
      handler,
      source.replace(declaration, "$1 return { statusCode: 418, headers: {}, body: '' };"),
    );
    await output.until(/webhook\.ts changed: swapped in momento-webhooks-dev-webhook-[0-9a-f]{7}\n/);
    assert.equal((await fetch(webhookUrl)).status, 418);

    writeFileSync(handler, 'export const handler = ;');
    await output.until(/webhook\.ts changed, but was not swapped in: the old code keeps running/);
    assert.match(output.seen(), /webhook\.ts:1:\d+/);
    assert.equal((await fetch(webhookUrl)).status, 418);

    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.deepEqual(leftIn(temporary), []);
    await assert.rejects(fetch(webhookUrl));
    const gone = await run('local/commands/read.ts', ['--course', '123', '--port', port]);
    assert.equal(gone.status, 2);
    assert.match(gone.stderr, /^no local stack of this project runs on port \d+: start it with "npm start"/);
  });
});

/** Leaves out Pulumi's compile cache, which stays on purpose and is the same each time. */
function leftIn(temporary: string): string[] {
  return readdirSync(temporary).filter((name) => !name.startsWith('v8-compile-cache'));
}

/** The output of a process, and a way to wait for it. */
function collect(child: ChildProcess) {
  let seen = '';
  let check = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      seen += part;
      check();
    });
  }
  return {
    seen: () => seen,
    until: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const ended = () => reject(new Error(`it ended without printing ${pattern}:\n${seen}`));
        child.once('exit', ended);
        check = () => {
          if (!pattern.test(seen)) return;
          child.off('exit', ended);
          resolve();
        };
        check();
      }),
  };
}
