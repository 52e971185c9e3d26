// `npm run site`: the files of a site, ready for any web server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

const PROJECT = path.resolve(__dirname, '../../..');
const CLIENT = path.join(PROJECT, 'examples/multi-language-chat/client');
const run = promisify(execFile);

function site(...args: string[]): Promise<{ stdout: string }> {
  return run('npm', ['run', '--silent', 'site', '--', ...args], { cwd: PROJECT });
}

describe('npm run site', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'site-'));
  after(() => rmSync(out, { recursive: true }));

  it('writes the chat’s own files as they are, the web SDK in one module, and nothing of the local sign-in', async () => {
    const dist = path.join(out, 'dist');
    const { stdout } = await site('--application', 'examples/multi-language-chat', '--out', dist);
    const own = readdirSync(CLIENT);
    assert.deepEqual(readdirSync(dist).sort(), [...own, 'web-sdk.js'].sort());
    assert.equal(stdout.trim().split('\n').length, own.length + 1);
    for (const name of own) {
      assert.deepEqual(readFileSync(path.join(dist, name)), readFileSync(path.join(CLIENT, name)), name);
    }
    const sdk = readFileSync(path.join(dist, 'web-sdk.js'), 'utf8');
    assert.match(sdk, /export\{.*TopicClient.*\}/s);
    const all = readdirSync(dist).map((name) => readFileSync(path.join(dist, name), 'utf8'));
    assert(!all.join().includes('stand-in'));
  });

  it('names each module of the chat’s page ahead, so that none is found only when another has loaded', () => {
    const text = (name: string) => readFileSync(path.join(CLIENT, name), 'utf8');
    const found = new Set(['app.js']);
    for (const name of found) {
      if (name === 'web-sdk.js') continue;
      for (const [, imported = ''] of text(name).matchAll(/(?:from |import\()'\.\/([\w.-]+)'/g))
        found.add(imported);
    }
    const ahead = [...text('index.html').matchAll(/(?:modulepreload" href|module" src)="([\w.-]+)"/g)];
    assert.deepEqual(ahead.map(([, name]) => name).sort(), [...found].sort());
    assert(found.has('web-sdk.js') && found.size > 10);
  });

  it('says what is missing, and which application has a site', async () => {
    for (const [args, message] of [
      [[], /--out is missing: the folder to write to/],
      [['--out', out], /application has no site; one that has: examples\/multi-language-chat/],
      [
        ['--out', out, '--application', 'docs'],
        /--application is "docs", allowed: a folder .*: application, .*examples\/multi-language-chat/,
      ],
    ] as const) {
      await assert.rejects(site(...args), message);
    }
  });
});
