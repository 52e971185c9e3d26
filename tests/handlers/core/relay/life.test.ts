// The relay from its start to its end: order, checkpoint, health and how far it is behind.
import assert from 'node:assert/strict';
import type { Answered } from '../../../../handlers/core/relay/delivery';
import { settled } from './manual-clock';
import { always, PAGE, relay } from './scripted-relay';

describe('the order of the relay', () => {
  it('holds per publisher: a message that fails only holds up its own publisher', async () => {
    const { clock, world, receive, start, delivered } = relay();
    world.answer = async ({ token_id }) => ({ status: token_id === 'slow' ? 500 : 200 });
    await start();
    await receive('slow');
    await receive('slow');
    await receive('quick');
    await receive('quick');
    assert.deepEqual(delivered(), [1, 3, 4]);
    world.answer = always(200);
    await clock.pass(500);
    assert.deepEqual(delivered(), [1, 3, 4, 1, 2]);
  });

  it('has no more deliveries under way than it may', async () => {
    const { world, receive, start, delivered } = relay({ inFlight: 2 });
    const answers: ((answered: Answered) => void)[] = [];
    world.answer = () => new Promise((resolve) => answers.push(resolve));
    await start();
    for (const user of ['a', 'b', 'c']) await receive(user);
    assert.deepEqual(delivered(), [1, 2]);
    answers[1]?.({ status: 200 });
    await settled();
    assert.deepEqual(delivered(), [1, 2, 3]);
  });
});

describe('the checkpoint of the relay', () => {
  it('is the lowest message that is not finished', async () => {
    const { clock, world, receive, start } = relay();
    world.answer = async ({ token_id }) => ({ status: token_id === 'slow' ? 500 : 200 });
    await start();
    await receive('quick');
    await receive('slow');
    await receive('quick');
    await clock.pass(1_000);
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 2 }));
    world.answer = always(200);
    await clock.pass(15_000);
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 4 }));
  });
});

describe('a relay that is told to stop', () => {
  it('takes nothing more, finishes what it holds, and writes the checkpoint', async () => {
    const { clock, relay: it, streams, world, receive, start, delivered } = relay();
    world.answer = always(500);
    await start();
    await receive();
    await receive();
    let isStopped = false;
    const stopped = it.stop(20_000).then(() => {
      isStopped = true;
    });
    await settled();
    assert.deepEqual([streams[0]?.isClosed, isStopped], [true, false]);
    world.answer = always(200);
    await clock.pass(500);
    await stopped;
    assert.deepEqual(delivered(), [1, 1, 2]);
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 3 }));
    assert.deepEqual(clock.waits, []);
  });

  it('leaves what it cannot finish in time to the next one', async () => {
    const { clock, relay: it, world, receive, start } = relay();
    world.answer = always(500);
    await start();
    await receive();
    const stopped = it.stop(20_000);
    await clock.pass(20_000);
    await stopped;
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 1 }));
    assert.deepEqual(clock.waits, [], 'nothing goes on');
  });

  it('ends at once where it has not even begun', async () => {
    const { relay: it, streams, world, clock } = relay();
    world.checkpointIsUp = false;
    const started = it.start();
    await settled();
    await it.stop(20_000);
    await clock.pass(20_000);
    await started;
    assert.deepEqual([streams.length, world.checkpoint], [0, undefined]);
  });
});

describe('the health of the relay', () => {
  it('begins with the first sign of life of its subscription', async () => {
    const { relay: it, open } = relay();
    assert.equal(it.isHealthy, false);
    await it.start();
    assert.equal(it.isHealthy, false);
    open().heartbeat();
    assert.equal(it.isHealthy, true);
  });

  it('survives an outage of Momento and of the webhook', async () => {
    const {
      clock,
      relay: it,
      world,
      open,
      receive,
      start,
    } = relay({
      capacity: { messages: 2, characters: 1_000 },
    });
    await start();
    await clock.pass(3_600_000); // silent: it opens one stream after the other
    assert.equal(it.isHealthy, true);
    world.answer = always(500);
    world.queueIsUp = false;
    open().heartbeat();
    await receive('a');
    await receive('b'); // full: no stream at all, but tries
    await clock.pass(3_600_000);
    assert.equal(it.isHealthy, true);
  });

  it('survives a refusal of its subscription, which another process would meet too', async () => {
    const { clock, relay: it, world, open, start } = relay();
    clock.chance = 1;
    await start();
    world.isRefused = true;
    open().ended('PERMISSION_DENIED');
    await clock.pass(3_600_000);
    assert.equal(it.isHealthy, true);
  });
});

describe('how far the relay is behind', () => {
  it('is how long its subscription has been refused, until it hears something', async () => {
    const { clock, relay: it, report, world, open, start } = relay();
    clock.chance = 1;
    await start();
    await clock.pass(5_000);
    world.isRefused = true;
    open().ended('PERMISSION_DENIED');
    await clock.pass(295_000);
    assert(report.of('subscription ended').length > 10, 'it goes on trying');
    assert.equal(it.lagMs, 300_000);
    world.isRefused = false;
    await clock.pass(15_000);
    open().heartbeat();
    assert.equal(it.lagMs, 0);
  });

  it('is how long it has been running if no subscription ever began, or the checkpoint is out of reach', async () => {
    for (const world of [{ isRefused: true }, { checkpointIsUp: false }]) {
      const { clock, relay: it, world: its } = relay();
      Object.assign(its, world);
      clock.chance = 1;
      void it.start();
      await clock.pass(600_000);
      assert.equal(it.lagMs, 600_000);
      await it.stop(0);
    }
  });

  it('is how long a stream has been silent, though it is opened again and again', async () => {
    const { clock, relay: it, streams, start } = relay();
    await start();
    await clock.pass(600_000);
    assert(streams.length > 5);
    assert.equal(it.lagMs, 600_000);
  });

  it('is no more than the time between two heartbeats where nothing is published', async () => {
    const { clock, relay: it, open, start } = relay();
    await start();
    for (let beat = 0; beat < 100; beat++) {
      await clock.pass(30_000);
      assert.equal(it.lagMs, 30_000);
      open().heartbeat();
    }
  });

  it('is how long the oldest unfinished message has waited, whatever is heard meanwhile', async () => {
    const { clock, relay: it, world, open, receive, start } = relay();
    await start();
    assert.equal(it.lagMs, 0);
    world.answer = always(500);
    await receive();
    await clock.pass(7_000);
    open().heartbeat();
    assert.equal(it.lagMs, 7_000);
  });

  it('is also reported for its checkpoint: how long it could not be written', async () => {
    const { clock, relay: it, world, receive, start } = relay();
    await start();
    await clock.pass(600_000);
    assert.equal(it.checkpointAgeMs, 0, 'nothing is to be written');
    await receive();
    world.isCheckpointWritable = false;
    await clock.pass(301_000);
    assert(it.checkpointAgeMs >= 299_000 && it.checkpointAgeMs <= 301_000, String(it.checkpointAgeMs));
    await receive();
    world.isCheckpointWritable = true;
    await clock.pass(1_000);
    assert.equal(it.checkpointAgeMs, 0);
  });
});
