// Pulumi uploads a function's code only if its bytes have changed. They must not depend on where, or from where, it is bundled.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { bundleHandlers } from '../../infra/bundle';
import { copyProgram } from '../copy';
import { textsOf } from './archived';
import { declared, resourcesOf } from './declared';

describe('a bundle', () => {
  let copy: string;
  before(() => {
    copy = copyProgram();
  });
  after(() => rmSync(copy, { recursive: true }));

  it('has the same bytes from another folder and another working directory', async () => {
    const functions = resourcesOf(await declared('first'), 'aws:lambda/function:Function');
    const before = process.cwd();
    process.chdir(tmpdir());
    try {
      const codeOf = bundleHandlers(
        functions.map(({ name }) => name),
        { project: copy },
      );
      for (const { name, inputs } of functions)
        assert.deepEqual(digests(await textsOf(codeOf(name), copy)), digests(Object(inputs.code)), name);
    } finally {
      process.chdir(before);
    }
  });
});

function digests(files: Record<string, string>): [file: string, digest: string][] {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  return Object.entries(files)
    .map(([file, text]): [string, string] => [file, digest(text)])
    .sort();
}
