import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { AuthenticationError, CredentialProvider } from '@gomomento/sdk';
import { type Clients, clientsWith, got, overridden, refused, stand } from './sdk';

const PROJECT = join(__dirname, '../../..');
const CLI = ['-r', './infra/read-typescript.cjs', 'packages/local-momento/cli.ts'];

/** A command line that runs; ended with the test. */
class Command {
  readonly closed: Promise<unknown[]>;
  #out = '';

  constructor(readonly child: ChildProcessByStdio<null, Readable, Readable>) {
    running.add(child);
    this.closed = once(child, 'close');
    child.stdout.on('data', (chunk: Buffer) => {
      this.#out += chunk;
    });
  }

  static run(...args: string[]): Command {
    return Command.runWith(process.env, ...args);
  }

  static runWith(env: NodeJS.ProcessEnv, ...args: string[]): Command {
    return new Command(spawn(process.execPath, [...CLI, ...args], options(env)));
  }

  /** What it has printed, once it has printed this. */
  async printed(part: string): Promise<string> {
    while (!this.#out.includes(part)) await once(this.child.stdout, 'data');
    return this.#out;
  }
}

const running = new Set<ChildProcessByStdio<null, Readable, Readable>>();
const options = (env = process.env) => ({
  cwd: PROJECT,
  env,
  stdio: ['ignore', 'pipe', 'pipe'] satisfies ['ignore', 'pipe', 'pipe'],
});

const local = (port: number): Clients =>
  clientsWith(CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port }));

describe('npx local-momento', () => {
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });

  it('serves what its flags ask for: caches, an API key, faults and the admin port', async () => {
    const command = Command.run(
      ...['--port', '0', '--admin-port', '0', '--cache', 'mine', '--cache', 'other', '--api-key', 'new'],
      ...['--heartbeat', '100', '--history', '10', '--max-ttl', '60', '--fault', 'Delete=refuse'],
    );
    const out = await command.printed('Ctrl-C ends it.');
    const port = Number(/ready on 127\.0\.0\.1:(\d+),/.exec(out)?.[1]);
    const key = /^API key: (\S+)$/m.exec(out)?.[1];
    assert.ok(key !== undefined);
    const { cache } = clientsWith(overridden(port, key));
    got(await cache.set('mine', 'key', 'value', { ttl: 60 }), 'Success');
    got(await cache.set('other', 'key', 'value', { ttl: 61 }), 'Error');
    got(await cache.delete('mine', 'key'), 'Error');
    refused(await local(port).cache.get('mine', 'key'), AuthenticationError);
    assert.equal((await fetch(`http://127.0.0.1:${/Admin port: (\d+)/.exec(out)?.[1]}/block`)).status, 200);
    got(await cache.listLength('mine', 'list'), 'Error');
    cache.close();
  });

  it('says how each language’s SDK connects', async () => {
    const out = await Command.run('--port', '0').printed('Ctrl-C ends it.');
    for (const how of [
      /Node\.js +CredentialProvider\.forMomentoLocal\(\{ hostname: '127\.0\.0\.1', port: \d+ \}\)/,
      /Python +CredentialProvider\.for_momento_local\("127\.0\.0\.1", \d+\)/,
      /Go +auth\.NewMomentoLocalProvider\(/,
      /Web +the same, with const at = 'http:\/\/127\.0\.0\.1:\d+'/,
    ]) {
      assert.match(out, how);
    }
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`prints the port alone for a script that asks, and ends with 0 on ${signal}`, async () => {
      const command = Command.run('--port', '0', '--print-port');
      const out = await command.printed('\n');
      assert.match(out, /^\d+\n$/);
      const { cache } = local(Number(out));
      got(await cache.listCaches(), 'Success');
      command.child.kill(signal);
      assert.deepEqual(await command.closed, [0, null]);
      cache.close();
    });
  }

  it('keeps what was compiled for its next start, where Node.js can', async function () {
    if (!('enableCompileCache' in nodeModule)) this.skip();
    const TMPDIR = mkdtempSync(join(tmpdir(), 'local-momento-'));
    const command = Command.runWith({ ...process.env, TMPDIR }, '--port', '0', '--print-port');
    await command.printed('\n');
    command.child.kill();
    await command.closed;
    assert.notDeepEqual(readdirSync(join(TMPDIR, 'node-compile-cache')), []);
    rmSync(TMPDIR, { recursive: true });
  });

  it('ends when npm’s shell has ended, which npm alone sends its signals to', async () => {
    const script = `"${process.execPath}" ${CLI.join(' ')} --port 0 --print-port & wait`;
    const shell = spawn('sh', ['-c', script], options({ ...process.env, npm_lifecycle_event: 'npx' }));
    const command = new Command(shell);
    await command.printed('\n');
    shell.kill('SIGKILL');
    await command.closed; // its output is closed when the last of them has ended
  });

  it('says in one line what is wrong with the command line, or that the port is in use', async () => {
    const { momento, close } = await stand();
    const mistakes: [args: string[], says: string][] = [
      [['--port', `${momento.port}`], `port ${momento.port} is in use; choose another with --port`],
      [['--heartbeat', '0.5'], '--heartbeat must be a whole number from 1 on, not "0.5"'],
      [['--port', '0', '--fault', 'Geet=refuse'], 'no operation Geet; there are Get,'],
      [['--colour'], "Unknown option '--colour'"],
    ];
    const outcomes = mistakes.map(async ([args, says]) => {
      const { child, closed } = Command.run(...args);
      const [error, [status]] = await Promise.all([text(child.stderr), closed]);
      assert.ok(error.startsWith('local-momento: ') && error.includes(says), error);
      assert.deepEqual([error.trimEnd().split('\n').length, status], [1, 1]);
    });
    await Promise.all(outcomes);
    await close();
  });

  it('explains itself with --help, and starts nothing', async () => {
    const command = Command.run('--help');
    assert.match(await command.printed('--help  '), /--port.*--cache.*--fault/s);
    assert.deepEqual(await command.closed, [0, null]);
  });
});
