// The small parts of the relay, each by itself.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { nextWait } from '../../../../handlers/core/backoff';
import { Queue } from '../../../../handlers/core/queue';
import { Checkpoints, readCheckpoint } from '../../../../handlers/core/relay/checkpoints';
import { Following, FROM_THE_OLDEST, type Position } from '../../../../handlers/core/relay/following';
import { Lanes } from '../../../../handlers/core/relay/lanes';
import { retryAfterMs } from '../../../../handlers/core/relay/retry-after';
import { ManualClock, settled } from './manual-clock';
import { RecordedReport } from './recorded-report';

describe('a queue', () => {
  it('gives back what it was given, in order, whatever is pushed and shifted between', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (pushes) => {
        const queue = new Queue<number>();
        const model: number[] = [];
        pushes.forEach((isPush, index) => {
          if (isPush) {
            queue.push(index);
            model.push(index);
          } else {
            assert.equal(queue.shift(), model.shift());
          }
          assert.deepEqual([queue.length, queue.peek()], [model.length, model[0]]);
        });
      }),
    );
  });
});

describe('the wait before another try', () => {
  it('is never shorter than the least, never longer than the most, nor than three times the one before', () => {
    const backoff = { leastMs: 500, mostMs: 15_000 };
    const previous = fc.option(fc.double({ min: 500, max: 15_000, noNaN: true }), { nil: undefined });
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(previous, chance, (before, random) => {
        const wait = nextWait(backoff, before, () => random);
        assert(wait >= 500 && wait <= Math.min(15_000, 3 * (before ?? 500)), String(wait));
      }),
    );
  });

  it('differs from relay to relay', () => {
    assert.notEqual(
      nextWait({ leastMs: 1, mostMs: 9 }, 5, () => 0.1),
      nextWait({ leastMs: 1, mostMs: 9 }, 5, () => 0.9),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it('is read as seconds or as a date', () => {
    assert.equal(retryAfterMs('7', now), 7_000);
    assert.equal(retryAfterMs('Thu, 01 Jan 2026 00:00:09 GMT', now), 9_000);
  });

  it('asks for nothing if it is absent, past, or makes no sense', () => {
    for (const header of [undefined, '', 'soon', '-5', 'Wed, 31 Dec 2025 00:00:00 GMT']) {
      assert.equal(retryAfterMs(header, now), 0, header);
    }
  });
});

describe('a place in a topic', () => {
  const at = (page: number, sequence: number): Position => ({ page, sequence });

  it('is unknown before the first subscription, and all that Momento holds before the first message', () => {
    const following = new Following();
    assert.equal(following.position, undefined);
    following.begun();
    assert.deepEqual(following.position, FROM_THE_OLDEST);
  });

  it('is after the last message, and nothing was missed before the first', () => {
    const following = new Following();
    following.begun();
    assert.equal(following.received(at(7, 41)), 0);
    assert.deepEqual(following.position, at(7, 42));
  });

  it('tells how many are missing between two messages of a page', () => {
    const following = new Following(at(7, 10));
    assert.equal(following.received(at(7, 10)), 0);
    assert.equal(following.received(at(7, 14)), 3);
    assert.equal(following.jumped(at(7, 20)), 5);
    assert.deepEqual(following.position, at(7, 20));
  });

  it('counts from one if the topic has restarted', () => {
    const following = new Following(at(7, 10));
    assert.equal(following.received(at(9, 1)), 0);
    assert.equal(following.jumped(at(11, 6)), 5);
    assert.equal(following.received(at(12, 3)), 2);
  });

  it('does not go back for a message that comes again', () => {
    const following = new Following(at(7, 10));
    assert.equal(following.received(at(7, 4)), 0);
    assert.deepEqual(following.position, at(7, 10));
  });

  it('misses nothing if no place was known before', () => {
    assert.equal(new Following().jumped(at(7, 100)), 0);
    assert.equal(new Following(FROM_THE_OLDEST).received(at(7, 100)), 0);
  });
});

describe('lanes', () => {
  /** Items that a test finishes by hand. */
  function lanes(limit: number) {
    const clock = new ManualClock();
    const tried: string[] = [];
    const finish = new Map<string, (wait?: number) => void>();
    const under = new Lanes<string>(
      limit,
      (item) => {
        tried.push(item);
        return new Promise((resolve) => finish.set(item, resolve));
      },
      clock,
    );
    const end = async (item: string, wait?: number) => {
      finish.get(item)?.(wait);
      await settled();
    };
    return { clock, tried, end, lanes: under };
  }

  it('keep the order within a lane, and go on at the same time across lanes', async () => {
    const { lanes: under, tried, end } = lanes(10);
    under.add('a', 'a1');
    under.add('a', 'a2');
    under.add('b', 'b1');
    assert.deepEqual(tried, ['a1', 'b1']);
    await end('a1');
    assert.deepEqual(tried, ['a1', 'b1', 'a2']);
  });

  it('have no more tries under way than the limit', async () => {
    const { lanes: under, tried, end } = lanes(2);
    for (const lane of ['a', 'b', 'c']) under.add(lane, lane);
    assert.deepEqual(tried, ['a', 'b']);
    await end('b');
    assert.deepEqual(tried, ['a', 'b', 'c']);
  });

  it('let an item that waits for its next try hold up only its own lane, and not count towards the limit', async () => {
    const { lanes: under, tried, end, clock } = lanes(1);
    under.add('a', 'a1');
    under.add('a', 'a2');
    under.add('b', 'b1');
    await end('a1', 1_000);
    assert.deepEqual(tried, ['a1', 'b1']);
    await end('b1');
    await clock.pass(999);
    assert.deepEqual(tried, ['a1', 'b1']);
    await clock.pass(1);
    assert.deepEqual(tried, ['a1', 'b1', 'a1']);
    await end('a1');
    assert.equal(tried.at(-1), 'a2');
  });

  it('begin nothing more once they are stopped', async () => {
    const { lanes: under, tried, end, clock } = lanes(1);
    under.add('a', 'a1');
    under.add('b', 'b1');
    await end('a1', 1_000);
    under.stop();
    await end('b1');
    under.add('c', 'c1');
    await clock.pass(60_000);
    assert.deepEqual(tried, ['a1', 'b1']);
    assert.deepEqual(clock.waits, []);
  });
});

describe('the checkpoint', () => {
  function store() {
    const it = { text: undefined as string | undefined, writes: 0, up: true };
    return Object.assign(it, {
      read: async () => it.text,
      write: async (text: string) => {
        it.writes += 1;
        if (!it.up) throw new Error('out of reach');
        it.text = text;
      },
    });
  }

  it('is nothing on the first start, and everything that Momento holds if it is unreadable', async () => {
    const kept = store();
    assert.equal(await readCheckpoint(kept), undefined);
    for (const text of ['', 'nonsense', '{}', '{"page":-1,"sequence":1}', '{"page":1,"sequence":0}']) {
      kept.text = text;
      assert.deepEqual(await readCheckpoint(kept), FROM_THE_OLDEST, text);
    }
    for (const position of [
      { page: 3, sequence: 9 },
      { page: '9007199254740993', sequence: 9 },
    ]) {
      kept.text = JSON.stringify(position);
      assert.deepEqual(await readCheckpoint(kept), position);
    }
  });

  it('is written when it changes, at most once a second, and at the end', async () => {
    const [kept, clock] = [store(), new ManualClock()];
    let position: Position | undefined;
    const checkpoints = new Checkpoints(kept, () => position, clock, new RecordedReport());
    checkpoints.start();
    await clock.pass(5_000);
    assert.equal(kept.writes, 0);
    for (let sequence = 1; sequence <= 25; sequence++) {
      position = { page: 3, sequence };
      await clock.pass(100);
    }
    assert.equal(kept.writes, 3);
    await clock.pass(60_000);
    assert.deepEqual([kept.writes, kept.text], [4, '{"page":3,"sequence":25}']);
    position = { page: 3, sequence: 26 };
    await checkpoints.stop();
    assert.deepEqual([kept.writes, kept.text], [5, '{"page":3,"sequence":26}']);
    assert.deepEqual(clock.waits, []);
  });

  it('is written as soon as there is a position, so that a relay killed in its first second goes on', async () => {
    const [kept, clock] = [store(), new ManualClock()];
    let position: Position | undefined;
    const checkpoints = new Checkpoints(kept, () => position, clock, new RecordedReport());
    checkpoints.start();
    await clock.pass(1_500);
    position = FROM_THE_OLDEST;
    await clock.pass(20);
    assert.equal(kept.text, '{"page":0,"sequence":1}');
  });

  it('is written again each hour, so that a quiet topic keeps it', async () => {
    const [kept, clock] = [store(), new ManualClock()];
    const checkpoints = new Checkpoints(kept, () => ({ page: 3, sequence: 1 }), clock, new RecordedReport());
    checkpoints.start();
    await clock.pass(3 * 3_600_000 + 60_000);
    assert.equal(kept.writes, 4);
  });

  it('is tried again if it could not be written', async () => {
    const [kept, clock, report] = [store(), new ManualClock(), new RecordedReport()];
    const checkpoints = new Checkpoints(kept, () => ({ page: 3, sequence: 1 }), clock, report);
    kept.up = false;
    checkpoints.start();
    await clock.pass(2_000);
    assert.deepEqual([kept.text, report.of('checkpoint not written').length], [undefined, 3]);
    kept.up = true;
    await clock.pass(1_000);
    assert.equal(kept.text, '{"page":3,"sequence":1}');
  });
});
