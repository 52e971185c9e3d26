import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { watchProgram } from '../../../local/commands/watch';

const NESTED = join('handlers', 'core', 'deep.ts');

describe('the watch on the program', () => {
  let folder: string;
  let watching: { close(): Promise<void> };
  let told: { file: string; text: string }[];
  let check: () => void;
  /** Each run reads this file, as a reload reads the program. */
  let read: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-watch-'));
    told = [];
    check = () => {};
    read = NESTED;
    mkdirSync(join(folder, dirname(NESTED)), { recursive: true });
    for (const file of [NESTED, 'index.ts', 'package.json']) write(file, 'first');
    watching = await watchProgram(folder, ['handlers', 'index.ts'], async (file) => {
      told.push({ file, text: readFileSync(join(folder, read), 'utf8') });
      check();
    });
  });
  afterEach(async () => {
    await watching.close();
    rmSync(folder, { recursive: true });
  });

  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  /** Many editors save in this way, so that a crash never leaves half a file. */
  const replace = (file: string, text: string) => {
    write(`${file}.tmp`, text);
    renameSync(join(folder, `${file}.tmp`), join(folder, file));
  };
  /** Resolves with the reported file when a run has read this text. */
  const seen = (text: string) =>
    new Promise<string | undefined>((resolve) => {
      check = () => {
        const run = told.find((one) => one.text === text);
        if (run) resolve(run.file);
      };
      check();
    });

  for (const file of [NESTED, 'index.ts']) {
    it(`sees ${file} each time that another file replaces it`, async () => {
      read = file;
      for (const text of ['second', 'third', 'fourth']) {
        replace(file, text);
        assert.equal(await seen(text), file);
      }
    });

    it(`sees ${file} each time that it is overwritten`, async () => {
      read = file;
      for (const text of ['second', 'third', 'fourth']) {
        write(file, text);
        assert.equal(await seen(text), file);
      }
    });
  }

  it('sees files in a folder that is made later, or deleted and made again', async function () {
    // chokidar misses one now and then that is made again within the same milliseconds.
    this.timeout(10_000).retries(2);
    read = join('handlers', 'adapters', 'sub', 'new.ts');
    for (const text of ['second', 'third']) {
      rmSync(join(folder, 'handlers', 'adapters'), { recursive: true, force: true });
      mkdirSync(dirname(join(folder, read)), { recursive: true });
      write(read, `${text} with its folder`);
      await seen(`${text} with its folder`);
      replace(read, text);
      assert.equal(await seen(text), read);
    }
  });

  it('sees that another folder replaces a watched one', async () => {
    for (const text of ['second', 'third']) {
      mkdirSync(join(folder, 'other', 'core'), { recursive: true });
      write(join('other', 'core', 'deep.ts'), `${text} with its folder`);
      rmSync(join(folder, 'handlers'), { recursive: true });
      renameSync(join(folder, 'other'), join(folder, 'handlers'));
      await seen(`${text} with its folder`);
      replace(NESTED, text);
      assert.equal(await seen(text), NESTED);
    }
  });

  it('ignores other files, and runs once for a burst', async () => {
    write('package.json', 'second');
    write('index.ts', 'second');
    replace(NESTED, 'second');
    await seen('second');
    assert.deepEqual(told, [{ file: NESTED, text: 'second' }]);
  });
});
