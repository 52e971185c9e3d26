import assert from 'node:assert/strict';
import { type Fixture, functionsFixture } from './fixture';

const TICKING = `setInterval(() => console.log('tick'), 1);
  exports.handler = async () => ({ now: Date.now(), date: new Date().getTime(), text: Date(), age: performance.now(),
    isDate: new Date(0) instanceof Date, epoch: new Date(0).getTime(), named: new Date(2026, 0, 1).getUTCFullYear() });`;
const HOUR_MS = 3_600_000;

describe('a hosted function that is frozen', () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = functionsFixture();
  });
  afterEach(() => fixture.close());

  /** Waits until the other function has ticked this often. */
  async function ticked(times: number, logs: readonly string[]): Promise<void> {
    const until = logs.length + times;
    while (logs.length < until) await new Promise(setImmediate);
  }

  async function answerOf(hosted: ReturnType<Fixture['host']>) {
    const outcome = await hosted.invoke({});
    assert(outcome.ok);
    return JSON.parse(outcome.payload);
  }

  it('does nothing, not even by timers, until its next request', async () => {
    const other = functionsFixture();
    try {
      const hosted = fixture.host(TICKING);
      await Promise.all([answerOf(hosted), answerOf(other.host(TICKING))]);
      await hosted.freeze();
      const before = fixture.logs.length;
      await ticked(50, other.logs);
      assert.equal(fixture.logs.length, before);
      await answerOf(hosted);
      await ticked(2, fixture.logs);
    } finally {
      await other.close();
    }
  });

  it('continues where it stopped when it is thawed, however often it was frozen', async () => {
    const hosted = fixture.host(TICKING);
    await answerOf(hosted);
    await hosted.freeze();
    await hosted.freeze();
    hosted.thaw();
    await ticked(2, fixture.logs);
  });

  it('can be inspected, swapped and closed', async () => {
    const hosted = fixture.host(TICKING);
    await answerOf(hosted);
    await hosted.freeze();
    assert.equal((await hosted.heapUsed()).length, 1);
    await hosted.freeze();
    hosted.swap(fixture.code('exports.handler = async () => 1'));
    assert.equal(await answerOf(hosted), 1);
    await hosted.freeze();
  });

  it('sees only its dates jump with the clock', async () => {
    const hosted = fixture.host(TICKING);
    const before = await answerOf(hosted);
    await hosted.freeze();
    fixture.clock.advance(HOUR_MS);
    const after = await answerOf(hosted);
    assert.ok(after.now - before.now >= HOUR_MS, 'Date.now');
    assert.ok(after.date - before.date >= HOUR_MS, 'new Date()');
    assert.ok(Date.parse(after.text) - Date.parse(before.text) >= HOUR_MS, 'Date()');
    assert.ok(after.age - before.age < HOUR_MS, 'performance.now');
    assert.deepEqual([after.isDate, after.epoch, after.named], [true, 0, 2026]);
  });
});
