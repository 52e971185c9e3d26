// What npm and the shell around a command do to it, with the real npm.
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { copyProgram } from '../copy';

const PROJECT = resolve(__dirname, '../..');
const PREREQUISITES = join('local', 'commands', 'prerequisites.cjs');

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function shell(script: string, cwd = PROJECT): Promise<Ran> {
  return new Promise((done) => {
    execFile('bash', ['-o', 'pipefail', '-c', script], { cwd }, (error, stdout, stderr) =>
      done({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

describe('a command that npm runs', function () {
  this.timeout(120_000);
  let folder: string;
  let project: string | undefined;
  let started: ChildProcess | undefined;

  /** A project that has only what comes before the packages. */
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'momento-webhooks-bare-')));
    for (const file of ['package.json', PREREQUISITES]) cpSync(join(PROJECT, file), join(folder, file));
  });
  after(() => {
    started?.kill('SIGKILL');
    for (const made of [folder, project]) if (made) rmSync(made, { recursive: true });
  });

  it('ends with npm, frees its ports, and leaves nothing behind', async () => {
    project = copyProgram('.bundles');
    const temporary = join(project, 'temporary');
    mkdirSync(temporary);
    started = spawn('npm', ['start', '--silent', '--', '--port', '0'], {
      cwd: project,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    started.stdout?.setEncoding('utf8').on('data', (part: string) => {
      printed += part;
    });
    while (!/^Watch it live: \S+\n/.test(printed)) if (started.stdout) await once(started.stdout, 'data');
    const [url = ''] = /http:\S+/.exec(printed) ?? [];
    assert.equal((await fetch(url)).status, 200);
    started.kill('SIGTERM');
    if (started.stdout) await once(started.stdout, 'close'); // nobody holds it any more
    await assert.rejects(fetch(url));
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('momento-webhooks')),
      [],
    );
  });

  it('says in one line that the packages are not installed', async () => {
    const { status, stdout, stderr } = await shell('npm start --silent', folder);
    assert.deepEqual([status, stdout, stderr], [1, '', 'The packages are not installed: run npm ci\n']);
  });

  it('says in one line that this Node.js is too old', async () => {
    const old = join(folder, 'old.cjs');
    writeFileSync(
      old,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } });",
    );
    const { status, stderr } = await shell(`node -r ${old} -r ./${PREREQUISITES} -e 'throw 1'`, folder);
    assert.deepEqual([status, stderr], [1, 'This needs Node.js 20.19 or later; this is 20.18.3\n']);
  });

  it('ends when nothing reads its output any more, and says so', async () => {
    const program = 'setInterval(() => console.log("a line"), 1)';
    const { status, stdout, stderr } = await shell(`node -r ./${PREREQUISITES} -e '${program}' | head -1`);
    assert.deepEqual([status, stdout, stderr], [0, 'a line\n', 'Nothing reads the output any more\n']);
  });

  it('shows the flags of the benches, and names a wrong one', async () => {
    const bench = `node -r ./${PREREQUISITES} bench/cli.ts`;
    const [help, wrong] = await Promise.all([shell(`${bench} --help`), shell(`${bench} --sample 3`)]);
    assert.deepEqual([help.status, help.stderr], [0, '']);
    assert.match(help.stdout, /^Usage: npm run bench/);
    assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /^Unknown option '--sample'; allowed: [^\n]+\n$/);
  });
});
