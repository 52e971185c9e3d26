import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CompiledFiles, FileLoader } from '../../../../local/aws/lambda/compiled-files';

const HANDLER = `"use strict"; const { twice } = require('./other.cjs');
exports.facts = async () => [twice(21), __filename, __dirname, this === exports, module.exports === exports,
  await require('./importing.cjs').twice(2)];
exports.fail = () => { throw new Error('thrown'); };
`;
const IMPORTING = "exports.twice = async (n) => (await import('./other.cjs')).default.twice(n);";
const FIRST_LINE = 'exports.fail = () => { throw new Error("thrown"); };';

describe('a file of a function', () => {
  const before = require.extensions['.cjs'];
  let folder: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'compiled-files-')));
    writeFileSync(join(folder, 'other.cjs'), 'exports.twice = (n) => 2 * n;');
    writeFileSync(join(folder, 'handler.cjs'), HANDLER);
    writeFileSync(join(folder, 'importing.cjs'), IMPORTING);
    writeFileSync(join(folder, 'line.cjs'), FIRST_LINE);
  });
  afterEach(() => {
    if (before) require.extensions['.cjs'] = before;
    else delete require.extensions['.cjs'];
    rmSync(folder, { recursive: true });
  });

  /** Loads the files as a new instance does. */
  const load = async (known: CompiledFiles) => {
    const loader = new FileLoader(known);
    for (const file of ['other', 'handler', 'importing', 'line'])
      delete require.cache[join(folder, `${file}.cjs`)];
    const { facts, fail } = require(join(folder, 'handler.cjs'));
    const { fail: failInLine } = require(join(folder, 'line.cjs'));
    return { loader, facts: await facts(), places: [fail, failInLine].map(placeOf) };
  };
  const placeOf = (fail: () => never): string => {
    try {
      return fail();
    } catch (error) {
      return /[^/]+\.cjs:\d+:\d+/.exec(String(Object(error).stack))?.[0] ?? '';
    }
  };

  it('is compiled once, and gives the same in each instance, errors with their places included', async () => {
    const first = await load(new Map());
    assert.deepEqual(first.facts, [42, join(folder, 'handler.cjs'), folder, true, true, 4]);
    assert.deepEqual(first.places, [
      `handler.cjs:4:${'exports.fail = () => { throw new'.length - 2}`,
      `line.cjs:1:${'exports.fail = () => { throw new'.length - 2}`,
    ]);
    assert.equal(first.loader.fresh.length, 3, 'all but the one that imports');

    const second = await load(first.loader.compiled(first.loader.fresh));
    assert.deepEqual([second.facts, second.places], [first.facts, first.places]);
    assert.deepEqual(second.loader.fresh, []);
  });

  it('is compiled again after a change, and where what is known of it is damaged', async () => {
    const { loader } = await load(new Map());
    const known = loader.compiled(loader.fresh);
    const changed = 'exports.twice = (n) => 3 * n;';
    writeFileSync(join(folder, 'other.cjs'), changed);
    known.set(createHash('sha256').update(changed).digest('hex'), new Uint8Array(9));
    const { facts, loader: next } = await load(known);
    assert.deepEqual([facts[0], next.fresh.length], [63, 1]);
  });
});
