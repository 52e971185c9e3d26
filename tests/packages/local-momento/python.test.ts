import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Stand, stand } from './sdk';

/** With `momento` from PyPI: `PYTHON=venv/bin/python npm test` runs what is skipped without it. */
const PYTHON = process.env.PYTHON ?? 'python3';

describe('the local Momento: Momento’s SDK for Python', () => {
  let s: Stand;
  before(async function () {
    if (spawnSync(PYTHON, ['-c', 'import momento']).status !== 0) this.skip();
    s = await stand();
  });
  after(() => s?.close());

  it('connects, vends a token, and publishes and subscribes with that', async () => {
    const program = join(__dirname, 'connects.py');
    const { stdout } = await promisify(execFile)(PYTHON, [program, String(s.momento.port)], {
      timeout: 100_000,
    });
    assert.equal(stdout, 'connected\n');
    const found = await s.cache.get('cache', 'key');
    assert.match(String(found), /from Python/);
  });
});
