// The package as a stranger has it: packed, and installed into an empty folder without the network.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CredentialProvider } from '@gomomento/sdk';
import * as ts from 'typescript';
import { clientsWith, got } from './sdk';

const run = promisify(execFile);
const PROJECT = resolve(__dirname, '../../..');

/** In an environment of its own: npm passes its settings on to what it runs, as these tests. */
const env = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
};

const SERVES = `
  const events = [];
  const momento = await startMomento({ caches: ['cache'], faults: parseFault('Get=refuse'), now: () => 1_000 });
  momento.on('call', (call) => events.push(call));
  console.log(typeof momento.port, momento.operations.includes('SortedSetPut'), events.length);
  await momento.close();`;

describe('the package local-momento, installed from its archive into an empty folder', function () {
  this.timeout(300_000);
  let folder: string;
  let user: string;
  let files: string[];

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'local-momento-')));
    // A copy is packed: the archive's files must not stand among the sources while other tests read these.
    const copy = join(folder, 'project');
    for (const part of [
      'tsconfig.json',
      'infra/transpiler.cjs',
      'infra/bundling/kept-files.js',
      'packages',
    ]) {
      cpSync(join(PROJECT, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    const cwd = join(copy, 'packages/local-momento');
    const packed = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
      cwd,
      env,
    });
    const [archive] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n')));
    files = archive.files.map(({ path }: { path: string }) => path).sort();
    user = join(folder, 'user');
    mkdirSync(user);
    writeFileSync(join(user, 'package.json'), '{ "name": "user", "private": true }');
    await run('npm', ['install', join(folder, archive.filename)], { cwd: user, env });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has its code, types, licenses and documents, and needs no other package', () => {
    assert.deepEqual(files, [
      'CHANGELOG.md',
      'Dockerfile',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-LICENSES.txt',
      'cli.js',
      'connections.d.ts',
      'events.d.ts',
      'faults.d.ts',
      'index.d.ts',
      'index.js',
      'keys.d.ts',
      'options.d.ts',
      'package.json',
    ]);
    const { packages } = JSON.parse(readFileSync(join(user, 'package-lock.json'), 'utf8'));
    assert.deepEqual(Object.keys(packages), ['', 'node_modules/local-momento']);
    const licenses = readFileSync(join(user, 'node_modules/local-momento/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['@grpc/grpc-js', '@gomomento/generated-types', 'google-protobuf']) {
      assert.match(licenses, new RegExp(`^${name} \\d.*\\((?:Apache-2\\.0|.*BSD.*)\\)$`, 'm'));
    }
  });

  it('is loaded by require() and by import, with faults, clock and events', async () => {
    const required = `const { startMomento, parseFault } = require('local-momento'); (async () => {${SERVES}})();`;
    const imported = `import { startMomento, parseFault } from 'local-momento'; ${SERVES}`;
    for (const [type, code] of [
      ['commonjs', required],
      ['module', imported],
    ] as const) {
      const { stdout } = await run(process.execPath, [`--input-type=${type}`, '-e', code], {
        cwd: user,
        env,
      });
      assert.equal(stdout, 'number true 0\n', type);
    }
  });

  it('has types for strict programs of either module system', () => {
    const program = (name: string): string => {
      const code = `import { type FaultPlan, type Momento, parseFault, startMomento } from 'local-momento';
        const plan: FaultPlan = (operation) => (operation === 'Get' ? { kind: 'refuse', status: 'not-found' } : undefined);
        export async function use(): Promise<number> {
          const momento: Momento = await startMomento({ faults: plan, now: () => 1_000 });
          momento.on('published', ({ topic, text }) => [topic.length, text?.length]);
          momento.setFaults(parseFault('Get=delay:5'));
          return momento.port;
        }`;
      writeFileSync(join(user, name), code);
      return join(user, name);
    };
    // The examples of the README as well. Vitest is not among this project's packages.
    for (const sdk of ['@gomomento', 'google-protobuf']) {
      symlinkSync(join(PROJECT, 'node_modules', sdk), join(user, 'node_modules', sdk));
    }
    const readme = readFileSync(join(user, 'node_modules/local-momento/README.md'), 'utf8');
    const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
    const examples = blocks
      .filter((code) => !code.includes('vitest'))
      .map((code, index) => {
        const file = join(user, `example-${index}.mts`);
        writeFileSync(file, code);
        return file;
      });
    assert.equal(examples.length, 2);
    const checked = ts.createProgram([program('use.cts'), program('use.mts'), ...examples], {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      types: ['node', 'mocha'],
      typeRoots: [join(PROJECT, 'node_modules/@types')],
    });
    // Those of the user and of the package alone: skipLibCheck would leave out the package's, no skipLibCheck would check
    // Node.js's.
    const mistakes = checked
      .getSourceFiles()
      .filter(({ fileName }) => fileName.startsWith(user))
      .flatMap((file) => [...checked.getSyntacticDiagnostics(file), ...checked.getSemanticDiagnostics(file)])
      .map(({ messageText, file }) => [file?.fileName, messageText]);
    assert.ok(checked.getSourceFiles().some(({ fileName }) => fileName.endsWith('local-momento/index.d.ts')));
    assert.deepEqual(mistakes, []);
  });

  it('serves as npx local-momento, also at another address, and ends when npx is told to', async () => {
    // 127.0.0.2 is this machine, and no other address than the given one answers.
    const args = ['local-momento', '--port', '0', '--host', '127.0.0.2', '--cache', 'cache', '--print-port'];
    const npx = spawn('npx', args, { cwd: user, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(npx, 'close');
    const [port] = await once(npx.stdout, 'data');
    const at = { hostname: '127.0.0.2', port: Number(String(port)) };
    const { cache } = clientsWith(CredentialProvider.forMomentoLocal(at));
    got(await cache.set('cache', 'key', 'value'), 'Success');
    cache.close();
    npx.kill('SIGTERM');
    await closed; // its output is closed when the last of its processes has ended
  });

  it('becomes an image with a Dockerfile of three lines, of files that it has', () => {
    const lines = readFileSync(join(user, 'node_modules/local-momento/Dockerfile'), 'utf8')
      .trim()
      .split('\n');
    assert.equal(lines.length, 3);
    const [, copied = ''] = /^COPY (.*) \/local-momento\/$/.exec(lines[1] ?? '') ?? [];
    for (const file of copied.split(' ')) assert.ok(files.includes(file), file);
    assert.equal(lines[2], 'ENTRYPOINT ["node", "/local-momento/cli.js", "--host", "0.0.0.0"]');
  });
});
