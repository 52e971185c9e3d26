import assert from 'node:assert/strict';
import { pace, progressOf } from '../../../local/commands/progress';

/** Tells of 1,000 things at 10 per second, and returns all that was written. */
function written(isTTY: boolean): string[] {
  let time = 0;
  const texts: string[] = [];
  const tell = progressOf('events', 1_000, {
    output: { isTTY, write: (text) => texts.push(text) },
    now: () => time,
  });
  for (let done = 1; done <= 1_000; done++) {
    time += 100;
    tell(done);
  }
  return texts;
}

describe('the progress of a long command', () => {
  it('is a line a minute where there is no terminal', () => {
    assert.deepEqual(written(false), ['  events: 600 of 1000, 10 per second, 40 s left\n']);
  });

  it('is one line on a terminal, which changes and is gone at the end', () => {
    const lines = written(true);
    assert.equal(lines.length, 500);
    assert.equal(lines[0], '\r  events: 2 of 1000, 10 per second, 100 s left\x1b[K');
    assert.equal(lines.at(-1), '\r\x1b[K');
    assert(lines.every((line) => line.startsWith('\r') && !line.includes('\n')));
  });

  it('counts the time from the first of them, not what was prepared before', () => {
    let time = 0;
    const texts: string[] = [];
    const tell = progressOf('events', 100, {
      output: { isTTY: true, write: (text) => texts.push(text) },
      now: () => time,
    });
    for (const [at, done] of [
      [60_000, 1],
      [61_000, 11],
    ] as const) {
      time = at;
      tell(done);
    }
    assert.deepEqual(texts, [
      '\r  events: 1 of 100\x1b[K',
      '\r  events: 11 of 100, 10 per second, 9 s left\x1b[K',
    ]);
  });

  it('names the rate and the time left in fitting units', () => {
    assert.equal(pace(0, 20, 5_000), '0 of 20');
    assert.equal(pace(2, 20, 60_000), '2 of 20, 2 per minute, 9 min left');
    assert.equal(pace(30_000, 100_000, 25_000), '30000 of 100000, 1200 per second, 59 s left');
    assert.equal(pace(1_000, 1_000_000, 60_000), '1000 of 1000000, 17 per second, 16.6 h left');
  });
});
