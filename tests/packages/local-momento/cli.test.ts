import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CredentialProvider } from '@gomomento/sdk';
import { runCommand, UsageError } from 'local-momento/command';
import { clientsWith, got, stand } from './sdk';

describe('npm run momento', () => {
  it('serves Momento local until Ctrl-C, and then ends at once', async () => {
    const args = [
      '-r',
      'ts-node/register',
      'packages/local-momento/cli.ts',
      '--port',
      '0',
      '--cache',
      'mine',
    ];
    const child = spawn(process.execPath, args, {
      cwd: join(__dirname, '../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    try {
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk;
      });
      while (!out.includes('Ctrl-C ends it.')) await once(child.stdout, 'data');
      const [, port] = /forMomentoLocal\(\{ hostname: '127\.0\.0\.1', port: (\d+) \}\)/.exec(out) ?? [];
      const { cache } = clientsWith(
        CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port: Number(port) }),
      );
      got(await cache.set('mine', 'key', 'value'), 'Success');
      child.kill('SIGINT');
      assert.deepEqual(await closed, [0, null]);
      cache.close();
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('takes caches and faults', async () => {
    const { momento } = await runCommand([
      '--port',
      '0',
      '--cache',
      'a',
      '--cache',
      'b',
      '--fault',
      'Delete=refuse',
    ]);
    assert.ok(momento !== undefined);
    const { cache } = clientsWith(
      CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port: momento.port }),
    );
    got(await cache.set('b', 'key', 'value'), 'Success');
    got(await cache.delete('b', 'key'), 'Error');
    cache.close();
    await momento.close();
  });

  it('says in one line what is wrong with the command line, or that the port is in use', async () => {
    const { momento, close } = await stand();
    const mistakes: [args: string[], says: string][] = [
      [['--port', `${momento.port}`], `port ${momento.port} is in use; choose another with --port`],
      [['--port', '70000'], '--port must be a number from 0 to 65535, not "70000"'],
      [['--port', '-1'], 'argument'],
      [['--port', '0', '--fault', 'Get=explode'], 'no kind explode; there are refuse'],
      [['--port', '0', '--fault', 'Geet=refuse'], 'no operation Geet; there are Get,'],
      [['--colour'], "Unknown option '--colour'"],
      [['something'], 'Unexpected argument'],
    ];
    for (const [args, says] of mistakes) {
      await assert.rejects(runCommand(args), (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.ok(error.message.includes(says), error.message);
        return true;
      });
    }
    await close();
  });

  it('explains itself with --help, and starts nothing', async () => {
    const { text, momento } = await runCommand(['--help']);
    assert.match(text, /--port.*--cache.*--fault/s);
    assert.equal(momento, undefined);
  });
});
