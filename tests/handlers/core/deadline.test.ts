import assert from 'node:assert/strict';
import { DeadlineExceeded, before as until } from '../../../handlers/core/deadline';

/** Long after the epoch of this clock, but so near to it that the sum of two such moments is no overdue timer. */
const NOW = 1_000_000;
const AN_HOUR = 3_600_000;
const now = () => NOW;
const never = new Promise<never>(() => undefined);

describe('a deadline', () => {
  it('lets work that ends before it end as it does', async () => {
    assert.equal(await until(NOW + AN_HOUR, Promise.resolve('done'), now), 'done');
    const failed = new RangeError('failed');
    await assert.rejects(until(NOW + AN_HOUR, Promise.reject(failed), now), failed);
  });

  it('gives up work that has not ended, at once where it has passed already', async () => {
    for (const deadline of [NOW, NOW - AN_HOUR])
      await assert.rejects(until(deadline, never, now), (error: unknown) => {
        assert.ok(error instanceof DeadlineExceeded);
        assert.equal(error.name, 'DeadlineExceeded', 'the name that the log gives as the reason');
        assert.equal(error.message, 'gave up at the deadline');
        return true;
      });
  });

  it('still gives a result that was there when it passed', async () => {
    assert.equal(await until(NOW - 1, Promise.resolve('done'), now), 'done');
  });

  it('ignores work that fails later', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.prependListener('unhandledRejection', listen);
    try {
      let fail = (_: Error) => {};
      const work = new Promise<never>((_, reject) => (fail = reject));
      await assert.rejects(until(NOW, work, now), DeadlineExceeded);
      fail(new Error('late'));
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  it('leaves no timer behind, which would keep the process alive', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await Promise.resolve(); // Mocha sets its own once the test has begun
    const atFirst = timers();
    const work = until(NOW + AN_HOUR, Promise.resolve(), now);
    assert.equal(timers(), atFirst + 1);
    await work;
    assert.equal(timers(), atFirst);
    await assert.rejects(until(NOW + AN_HOUR, Promise.reject(new Error('failed')), now));
    assert.equal(timers(), atFirst);
  });
});
