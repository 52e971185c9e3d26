import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../local/commands/flags';
import { Kept } from '../../../local/commands/kept';

describe('the keys and ports of the local stack', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-kept-'));
    file = join(folder, '.local', 'keys.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const keysOf = ({ momentoApiKey, user }: Kept) => ({ momentoApiKey, user });

  it('stay the same from start to start, in a file of the user alone', () => {
    const first = Kept.open(file);
    assert.deepEqual(keysOf(Kept.open(file)), keysOf(first));
    if (process.platform !== 'win32') {
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.equal(statSync(join(folder, '.local')).mode & 0o777, 0o700);
    }
    assert.deepEqual(readdirSync(join(folder, '.local')), ['keys.json']);
  });

  it('are new with --fresh', () => {
    const before = Kept.open(file);
    const renewed = Kept.renew(file);
    assert.notEqual(renewed.momentoApiKey, before.momentoApiKey);
    assert.notDeepEqual(renewed.user, before.user);
    assert.deepEqual(keysOf(Kept.open(file)), keysOf(renewed));
  });

  it('give each function its own port by its name, in whatever order it is asked for', () => {
    const names = ['tokens', 'webhook', 'aws', 'publisher', 'momento'];
    const kept = Kept.open(file);
    assert.deepEqual(
      names.map((name) => kept.portOf(name, 4700)),
      [4705, 4703, 4701, 4704, 4702],
    );
    assert.deepEqual(
      ['one', 'other', 'one'].map((name) => kept.portOf(name, 4700)),
      [4706, 4707, 4706],
    );
    assert.equal(Kept.open(file).portOf('other', 5000), 5007);
    assert.equal(kept.portOf('webhook', 0), 0);
  });

  it('are refused if other users can read them', function () {
    if (process.platform === 'win32') this.skip();
    Kept.open(file);
    chmodSync(file, 0o640);
    assert.throws(
      () => Kept.open(file),
      refusal(/^other users can read the keys in .*keys\.json: start with --fresh/),
    );
    Kept.renew(file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('are refused if the file is damaged or of another version, and are left as they were', () => {
    Kept.open(file);
    const whole = JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), version: 2 });
    for (const text of ['', '{"version":1', '[]', whole]) {
      writeFileSync(file, text);
      assert.throws(
        () => Kept.open(file),
        refusal(/keys\.json is not as this version writes it: start with --fresh/),
      );
      assert.equal(readFileSync(file, 'utf8'), text);
    }
  });
});

function refusal(message: RegExp) {
  return (error: unknown) => error instanceof UsageError && message.test(error.message);
}
