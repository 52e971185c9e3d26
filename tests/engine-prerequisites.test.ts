import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';

describe('npm run test:engine', () => {
  it('without pulumi says how to get it and what else it needs, and ends with an error', () => {
    const mocha = require.resolve('mocha/bin/mocha.js');
    const { AWS_ENDPOINT_URL: _, ...environment } = process.env;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [mocha, '--config', '.mocharc.engine.json'],
      {
        cwd: resolve(__dirname, '..'),
        env: { ...environment, PATH: dirname(process.execPath) },
        encoding: 'utf8',
      },
    );
    assert.equal(status, 1, stdout);
    assert.match(stderr, /pulumi on the PATH: https:\/\/www\.pulumi\.com\/docs\/install/);
    assert.match(stderr, /AWS_ENDPOINT_URL/);
    assert.doesNotMatch(stdout, /passing/);
  });
});
