// How much the relay holds, how long it waits and when it is stuck: a test on each side of each bound.
import assert from 'node:assert/strict';
import type { Clock } from '../../../../handlers/core/clock';
import type { Capacity } from '../../../../handlers/core/relay/capacity';
import { Checkpoints } from '../../../../handlers/core/relay/checkpoints';
import type { Answered } from '../../../../handlers/core/relay/delivery';
import type { StreamListener } from '../../../../handlers/core/relay/feed';
import { Lanes } from '../../../../handlers/core/relay/lanes';
import { Relay } from '../../../../handlers/core/relay/relay';
import { retryAfterMs } from '../../../../handlers/core/relay/retry-after';
import { ManualClock, settled } from './manual-clock';
import { RecordedReport } from './recorded-report';

/** A running relay whose deliveries a test answers by hand. */
async function relay({ capacity, clock = new ManualClock() }: { capacity?: Capacity; clock?: Clock } = {}) {
  const report = new RecordedReport();
  const streams: { listener: StreamListener; isClosed: boolean }[] = [];
  const answers: ((answered: Answered) => void)[] = [];
  const it = new Relay({
    cache: 'c',
    topic: 't',
    clock,
    report,
    openStream: (_, listener) => {
      const stream = { listener, isClosed: false };
      streams.push(stream);
      return {
        close() {
          stream.isClosed = true;
        },
      };
    },
    checkpoints: { read: async () => undefined, write: async () => undefined },
    post: () => new Promise((resolve) => answers.push(resolve)),
    signingSecret: async () => 'one',
    deadLetter: async (events) => events.map(() => undefined),
    inFlight: 32,
    capacity,
  });
  await it.start();
  const stream = () => {
    const latest = streams.at(-1);
    assert(latest && !latest.isClosed, 'the stream is open');
    return latest.listener;
  };
  stream().heartbeat();
  let sequence = 0;
  const receive = (tokenId: string, text = 'x') =>
    stream().message({ page: 77, sequence: ++sequence, tokenId, text });
  const isOpen = () => streams.at(-1)?.isClosed === false;
  /** Delivers the message that has been under way for the longest, or another one. */
  const deliver = async (which = 0) => {
    await settled();
    const [answer] = answers.splice(which, 1);
    assert(answer, 'a delivery is under way');
    answer({ status: 200 });
    await settled();
  };
  return { relay: it, report, receive, isOpen, deliver };
}

describe('what a relay holds', () => {
  it('is at most 100,000 messages', async () => {
    const { receive, isOpen } = await relay();
    for (let n = 1; n < 100_000; n++) receive('taylor');
    assert.equal(isOpen(), true);
    receive('taylor');
    assert.equal(isOpen(), false);
  });

  it('is at most 64 Mi characters', async () => {
    const { receive, isOpen } = await relay();
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let n = 1; n < 64; n++) receive('taylor', megabyte);
    receive('taylor', megabyte.slice(1));
    assert.equal(isOpen(), true);
    receive('taylor');
    assert.equal(isOpen(), false);
  });

  it('is filled up again once less than half of the messages are left', async () => {
    const { receive, isOpen, deliver } = await relay({ capacity: { messages: 4, characters: 1_000 } });
    for (const user of ['a', 'b', 'c', 'd']) receive(user);
    await deliver();
    assert.equal(isOpen(), false, 'three are left');
    await deliver();
    assert.equal(isOpen(), false, 'two are left');
    await deliver();
    assert.equal(isOpen(), true, 'one is left');
  });

  it('is filled up again once less than half of the characters are left', async () => {
    const { receive, isOpen, deliver } = await relay({ capacity: { messages: 1_000, characters: 8 } });
    for (const user of ['a', 'b', 'c', 'd']) receive(user, 'xx');
    await deliver();
    assert.equal(isOpen(), false, 'six are left');
    await deliver();
    assert.equal(isOpen(), false, 'four are left');
    await deliver();
    assert.equal(isOpen(), true, 'two are left');
  });

  it('never fills up while everything is delivered', async () => {
    const {
      relay: it,
      receive,
      isOpen,
      deliver,
    } = await relay({
      capacity: { messages: 3, characters: 6 },
    });
    for (let n = 0; n < 100; n++) {
      receive('taylor', 'xx');
      receive('robin', 'xx');
      await deliver();
      await deliver();
      assert.deepEqual([isOpen(), it.unfinished], [true, 0]);
    }
  });

  it('is none of what was delivered, although a message before it waits', async () => {
    const {
      relay: it,
      receive,
      isOpen,
      deliver,
    } = await relay({
      capacity: { messages: 3, characters: 1_000 },
    });
    receive('slow');
    for (let n = 0; n < 10; n++) {
      receive('quick');
      await deliver(1);
    }
    assert.deepEqual([isOpen(), it.unfinished], [true, 1]);
  });
});

describe('a relay that hears nothing and tries nothing', () => {
  /** Time passes without timers, as in a process that does not get to them. */
  class StuckClock extends ManualClock {
    override after = () => () => undefined;
    override now = () => this.time;
    time = 1_700_000_000_000;
  }

  it('is healthy for three minutes, and not longer', async () => {
    const clock = new StuckClock();
    const { relay: it, receive } = await relay({ clock });
    clock.time += 179_999;
    assert.equal(it.isHealthy, true);
    clock.time += 1;
    assert.equal(it.isHealthy, false);
    receive('taylor');
    assert.equal(it.isHealthy, true, 'something is heard and tried');
    clock.time += 180_000;
    assert.equal(it.isHealthy, false);
  });
});

describe('a checkpoint that does not change', () => {
  it('is written again after an hour, and not before', async () => {
    const clock = new ManualClock();
    const writtenAt: number[] = [];
    const store = { read: async () => undefined, write: async () => void writtenAt.push(clock.now()) };
    const from = clock.now();
    new Checkpoints(store, () => ({ page: 3, sequence: 1 }), clock, new RecordedReport()).start();
    await clock.pass(2 * 3_600_000);
    assert.deepEqual(
      writtenAt.map((at) => at - from),
      [0, 3_600_000, 7_200_000],
    );
  });
});

describe('a lane that is stopped', () => {
  it('sets no timer for a try that fails afterwards', async () => {
    const clock = new ManualClock();
    let fail = (_: number) => {};
    const lanes = new Lanes<string>(1, () => new Promise((resolve) => (fail = resolve)), clock);
    lanes.add('a', 'a1');
    lanes.stop();
    fail(1_000);
    await settled();
    assert.deepEqual(clock.waits, []);
  });
});

describe('the form of Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it('is a number of seconds with nothing but spaces around it, of at most nine digits', () => {
    assert.equal(retryAfterMs(' 7 ', now), 7_000);
    assert.equal(retryAfterMs('999999999', now), 999_999_999_000);
    for (const header of ['7s', '7 seconds', '1e3', '7,8', '1234567890'])
      assert.equal(retryAfterMs(header, now), 0, header);
  });
});
