// What follows from each break of the subscription, and from what it reports of its position.
import assert from 'node:assert/strict';
import { always, PAGE, relay } from './scripted-relay';

describe('the subscription of the relay', () => {
  it('begins with new messages on the first start, and at the checkpoint afterwards', async () => {
    const first = relay();
    await first.start();
    assert.equal(first.streams[0]?.from, undefined);
    const second = relay();
    second.world.checkpoint = '{"page":3,"sequence":9}';
    await second.start();
    assert.deepEqual(second.streams[0]?.from, { page: 3, sequence: 9 });
  });

  it('waits for the checkpoint: it never begins without knowing what it has delivered', async () => {
    const { relay: it, clock, streams, world } = relay();
    world.checkpointIsUp = false;
    const started = it.start();
    await clock.pass(60_000);
    assert.equal(streams.length, 0);
    world.checkpoint = '{"page":3,"sequence":9}';
    world.checkpointIsUp = true;
    await clock.pass(15_000);
    await started;
    assert.deepEqual(streams[0]?.from, { page: 3, sequence: 9 });
  });

  it('resumes after the last message and on its page when it breaks', async () => {
    const { clock, streams, open, receive, start } = relay();
    await start();
    await receive();
    await receive();
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(
      streams.map(({ from }) => from),
      [undefined, { page: PAGE, sequence: 3 }],
    );
  });

  it('skips nothing from its first subscription on, even if that breaks before the first message', async () => {
    const { clock, streams, open, start, world } = relay();
    await start();
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams[1]?.from, { page: 0, sequence: 1 });
    await clock.pass(2_000);
    assert.equal(world.checkpoint, '{"page":0,"sequence":1}');
  });

  it('continues after the message that Momento begins with, and has missed none', async () => {
    const { clock, streams, open, posts, report, start } = relay();
    await start();
    open().message({ page: PAGE, sequence: 41, tokenId: 'taylor', text: 'the latest' });
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams[1]?.from, { page: PAGE, sequence: 42 });
    assert.deepEqual([posts.length, report.counts], [1, { Delivered: 1 }]);
  });

  it('continues at the position that Momento names at its beginning, and counts from there', async () => {
    const { clock, streams, open, report, start } = relay();
    await start();
    open().discontinuity({ page: PAGE, sequence: 42 });
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams[1]?.from, { page: PAGE, sequence: 42 });
    open().message({ page: PAGE, sequence: 43, tokenId: 'taylor', text: 'one too far' });
    assert.equal(report.counts.Missed, 1);
  });

  it('does not take a page without a sequence for a position: nothing is missed, nothing skipped', async () => {
    const { clock, streams, open, report, start } = relay();
    await start();
    open().discontinuity({ page: PAGE, sequence: 1 });
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams[1]?.from, { page: 0, sequence: 1 });
    open().discontinuity({ page: PAGE, sequence: 1 });
    open().message({ page: PAGE, sequence: 41, tokenId: 'taylor', text: 'hello' });
    assert.equal(report.counts.Missed, undefined);
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams[2]?.from, { page: PAGE, sequence: 42 });
  });

  it('is opened again with growing waits if it breaks at once, and with a short one if it had worked', async () => {
    const { clock, streams, receive, start, open } = relay();
    clock.chance = 1;
    await start();
    const waits: number[] = [];
    for (let n = 0; n < 7; n++) {
      const [count, from] = [streams.length, clock.now()];
      open().ended('UNAVAILABLE');
      while (streams.length === count) await clock.pass(50);
      waits.push(clock.now() - from);
    }
    assert.deepEqual(waits, [300, 900, 2_700, 8_100, 15_000, 15_000, 15_000]);
    await receive();
    open().ended('UNAVAILABLE');
    await clock.pass(300);
    assert.equal(streams.length, 9);
  });

  it('is dead when nothing was heard for 60 s; a heartbeat is enough', async () => {
    const { clock, streams, open, start } = relay();
    await start();
    await clock.pass(59_000);
    open().heartbeat();
    await clock.pass(59_999);
    assert.equal(streams.length, 1);
    await clock.pass(101);
    assert.deepEqual([streams.length, streams[0]?.isClosed], [2, true]);
  });

  it('logs a discontinuity and counts what was missed, and continues after it', async () => {
    const { clock, report, streams, open, receive, start } = relay();
    await start();
    await receive();
    open().discontinuity({ page: PAGE, sequence: 12 });
    assert.equal(report.counts.Missed, 10);
    open().discontinuity({ page: PAGE + 5, sequence: 4 });
    assert.equal(report.counts.Missed, 13);
    assert.deepEqual(
      report.of('discontinuity').map(({ missed, page }) => [missed, page]),
      [
        [10, PAGE],
        [3, PAGE + 5],
      ],
    );
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams.at(-1)?.from, { page: PAGE + 5, sequence: 4 });
  });

  it('is closed when the most messages wait, and resumed after them when half of them are delivered', async () => {
    const {
      clock,
      relay: it,
      streams,
      world,
      receive,
      start,
    } = relay({
      capacity: { messages: 4, characters: 1_000 },
    });
    world.answer = always(500);
    await start();
    for (const user of ['a', 'b', 'c', 'd']) await receive(user);
    assert.deepEqual([it.unfinished, streams[0]?.isClosed, streams.length], [4, true, 1]);
    world.answer = always(200);
    await clock.pass(500);
    assert.deepEqual([it.unfinished, streams.length], [0, 2]);
    assert.deepEqual(streams[1]?.from, { page: PAGE, sequence: 5 });
  });

  it('is closed when the waiting messages are too long, however few they are', async () => {
    const { streams, world, receive, start } = relay({ capacity: { messages: 1_000, characters: 10 } });
    world.answer = always(500);
    await start();
    await receive('a', 'x'.repeat(5));
    assert.equal(streams[0]?.isClosed, false);
    await receive('b', 'x'.repeat(5));
    assert.equal(streams[0]?.isClosed, true);
  });
});
