// A subscription that is kept alive: where it continues, how long it waits, and what it reports.
import assert from 'node:assert/strict';
import { Feed, type StreamListener } from '../../../../handlers/core/relay/feed';
import type { Position } from '../../../../handlers/core/relay/following';
import type { Message } from '../../../../handlers/core/relay/held';
import { ManualClock } from './manual-clock';
import { RecordedReport } from './recorded-report';

/** A subscription to a topic that behaves as a test says. */
function feed(from?: Position) {
  const clock = new ManualClock();
  const report = new RecordedReport();
  const streams: { from: Position | undefined; at: number; listener: StreamListener; isClosed: boolean }[] =
    [];
  const received: Message[] = [];
  const it = new Feed(
    {
      open: (from, listener) => {
        const stream = { from, at: clock.now(), listener, isClosed: false };
        streams.push(stream);
        return {
          close() {
            stream.isClosed = true;
          },
        };
      },
      receive: (message) => received.push(message),
      clock,
      report,
    },
    from,
  );
  const stream = () => {
    const latest = streams.at(-1);
    assert(latest && !latest.isClosed, 'a stream is open');
    return latest.listener;
  };
  const message = (page: number, sequence: number) =>
    stream().message({ page, sequence, tokenId: 'taylor', text: 'hello' });
  /** Ends the stream. Returns the milliseconds until another one was opened. */
  const reopenedAfter = async (reason = 'UNAVAILABLE') => {
    const [count, at] = [streams.length, clock.now()];
    stream().ended(reason);
    await clock.pass(15_000);
    const next = streams[count];
    assert(next && streams.length === count + 1);
    return next.at - at;
  };
  return { feed: it, clock, report, streams, received, stream, message, reopenedAfter };
}

describe('a subscription', () => {
  it('is one stream, however often it is opened', () => {
    const { feed: it, streams } = feed();
    it.open();
    it.open();
    assert.deepEqual([streams.length, it.isOpen], [1, true]);
  });

  it('can be closed at any time: before it was opened, while it waits, and twice', async () => {
    const { feed: it, clock, streams, stream } = feed();
    it.close();
    assert.equal(it.isOpen, false);
    it.open();
    stream().ended('UNAVAILABLE');
    it.close();
    it.close();
    await clock.pass(600_000);
    assert.deepEqual([streams.length, it.isOpen, clock.waits], [1, false, []]);
  });

  it('closes the stream that it leaves', () => {
    const { feed: it, clock, streams } = feed();
    it.open();
    it.close();
    assert.deepEqual([streams[0]?.isClosed, clock.waits], [true, []]);
  });

  it('continues after the last accepted message when it is opened again', () => {
    const { feed: it, streams, message, received } = feed({ page: 7, sequence: 10 });
    it.open();
    message(7, 10);
    it.close();
    it.open();
    assert.deepEqual(
      streams.map(({ from }) => from),
      [
        { page: 7, sequence: 10 },
        { page: 7, sequence: 11 },
      ],
    );
    assert.deepEqual(received, [{ page: 7, sequence: 10, tokenId: 'taylor', text: 'hello' }]);
  });

  it('continues after the first message of a topic that restarted, however low its number', () => {
    const { feed: it, message } = feed({ page: 7, sequence: 10 });
    it.open();
    message(9, 1);
    assert.deepEqual(it.position, { page: 9, sequence: 2 });
  });

  it('goes on at the first message of a topic that Momento says has begun again', () => {
    const { feed: it, stream, message, report } = feed({ page: 7, sequence: 10 });
    it.open();
    stream().discontinuity({ page: 9, sequence: 1 });
    assert.deepEqual(it.position, { page: 9, sequence: 1 });
    message(9, 2);
    assert.deepEqual(report.counts, { Missed: 1 });
  });

  it('was active when it was opened last, or when it heard something last, whichever is later', async () => {
    const { feed: it, clock, stream } = feed();
    it.open();
    assert.equal(it.activeAt, clock.now());
    await clock.pass(5_000);
    stream().heartbeat();
    assert.equal(it.activeAt, clock.now());
    await clock.pass(5_000);
    assert.equal(it.activeAt, clock.now() - 5_000);
    stream().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.equal(it.activeAt, clock.now());
  });
});

describe('what a subscription missed', () => {
  const line = (missed: number, page: number, sequence: number) => ({
    level: 'warn',
    outcome: 'discontinuity',
    missed,
    page,
    sequence,
  });

  it('is counted and logged if Momento says so', () => {
    const { feed: it, report, stream } = feed({ page: 7, sequence: 10 });
    it.open();
    stream().discontinuity({ page: 7, sequence: 15 });
    assert.deepEqual([report.counts, report.lines], [{ Missed: 5 }, [line(5, 7, 15)]]);
  });

  it('is counted and logged if Momento does not say so but a number is missing', () => {
    const { feed: it, report, received, message } = feed({ page: 7, sequence: 10 });
    it.open();
    message(7, 12);
    assert.deepEqual([report.counts, report.lines], [{ Missed: 2 }, [line(2, 7, 12)]]);
    assert.equal(received.length, 1, 'what came is taken');
  });

  it('is not counted if it is nothing, but the discontinuity is logged', () => {
    const { feed: it, report, stream } = feed({ page: 7, sequence: 10 });
    it.open();
    stream().discontinuity({ page: 7, sequence: 10 });
    assert.deepEqual([report.counts, report.lines], [{}, [line(0, 7, 10)]]);
  });

  it('is nothing, and nothing is logged, while one number follows the other', () => {
    const { feed: it, report, message } = feed({ page: 7, sequence: 10 });
    it.open();
    for (const sequence of [10, 11, 12]) message(7, sequence);
    assert.deepEqual([report.counts, report.lines], [{}, []]);
  });
});

describe('a subscription that ends', () => {
  it('is logged by the reason and the wait, in whole milliseconds', async () => {
    const { feed: it, clock, report, reopenedAfter } = feed();
    clock.chance = 0.0012;
    it.open();
    const wait = await reopenedAfter('UNAVAILABLE');
    assert(wait > 100 && wait < 101);
    assert.deepEqual(report.lines, [
      { level: 'warn', outcome: 'subscription ended', reason: 'UNAVAILABLE', againInMs: 100 },
    ]);
  });

  it('by nothing that was heard for a minute is logged as silent', async () => {
    const { feed: it, clock, report, streams } = feed();
    it.open();
    await clock.pass(59_999);
    assert.deepEqual([report.lines, streams.length], [[], 1]);
    await clock.pass(1);
    assert.deepEqual(report.lines, [
      { level: 'warn', outcome: 'subscription ended', reason: 'silent', againInMs: 100 },
    ]);
  });

  it('is opened again soon if it lived for ten seconds, and later each time if it did not', async () => {
    const { feed: it, clock, reopenedAfter, stream } = feed();
    const livedFor = async (ms: number) => {
      it.close();
      it.open();
      stream().heartbeat();
      await clock.pass(ms);
      return reopenedAfter();
    };
    clock.chance = 1; // the longest waits
    assert.deepEqual(
      [await livedFor(0), await livedFor(9_999), await livedFor(10_000), await livedFor(9_999)],
      [300, 900, 300, 900],
    );
  });

  it('is opened again soon if it brought a message, however briefly it lived', async () => {
    const { feed: it, clock, message, reopenedAfter } = feed();
    clock.chance = 1;
    it.open();
    message(7, 1);
    assert.equal(await reopenedAfter(), 300);
    message(7, 2);
    assert.equal(await reopenedAfter(), 300);
    it.close();
    it.open();
    assert.equal(await reopenedAfter(), 900, 'the message was of the stream before');
  });
});
