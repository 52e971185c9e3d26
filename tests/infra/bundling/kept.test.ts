import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { kept } from '../../../infra/bundling/kept';

const PROJECT = path.resolve(__dirname, '../../..');

describe('what a build finds out', () => {
  it('is found out once, and again for other inputs', () => {
    const unique = randomUUID();
    let count = 0;
    const find = () => [++count];
    assert.deepEqual(kept([unique, 'a'], find), [1]);
    assert.deepEqual(kept([unique, 'b'], find), [2]);
    assert.deepEqual(kept([unique, 'a'], find), [1]);
    assert.deepEqual(kept([`${unique}","a`], find), [3]);
  });

  it('is known to other processes, unless its file is damaged or the code that found it has changed', () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'kept-')));
    const cache = path.join(folder, 'node_modules', '.cache', 'bundling');
    const bundling = path.join(folder, 'infra', 'bundling');
    const file = path.join(bundling, 'kept.ts');
    const find = (text: string): string => {
      delete require.cache[file];
      const another: typeof import('../../../infra/bundling/kept') = require(file);
      return another.kept(['a'], () => text);
    };
    try {
      mkdirSync(bundling, { recursive: true });
      mkdirSync(path.join(folder, 'node_modules'));
      for (const part of ['infra/bundling/kept.ts', 'infra/bundling/kept-files.js'])
        cpSync(path.join(PROJECT, part), path.join(folder, part));
      symlinkSync(
        path.join(PROJECT, 'node_modules/typescript'),
        path.join(folder, 'node_modules/typescript'),
      );
      assert.equal(find('first'), 'first');
      assert.equal(find('second'), 'first');
      for (const file of readdirSync(cache)) writeFileSync(path.join(cache, file), '"fir');
      assert.equal(find('third'), 'third');
      writeFileSync(path.join(bundling, 'another.ts'), '');
      assert.equal(find('fourth'), 'fourth');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
