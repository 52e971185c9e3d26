// How long a function's INIT waits for its work, on a clock of the test's own.
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { initialised, whileInitialising } from '../../../handlers/adapters/initialisation';
import { INIT_WITHIN_MS } from '../../../handlers/core/deadline';

describe('the initialisation of a function', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_700_000_000_000 }));
  afterEach(() => mock.timers.reset());

  it('waits for its work, however that ends, and no longer than a second after its start', async () => {
    let isOver = false;
    const start = Date.now();
    let end = () => {};
    whileInitialising(Promise.reject(new Error('failed')));
    whileInitialising(new Promise<void>((resolve) => (end = resolve)));
    mock.timers.tick(400); // the code is loaded
    const early = initialised(start);
    end();
    await early;

    whileInitialising(new Promise(() => undefined));
    const late = initialised(start).then(() => (isOver = true));
    mock.timers.tick(INIT_WITHIN_MS - 400 - 1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isOver, false);
    mock.timers.tick(1);
    await late;
    assert.equal(Date.now() - start, 1_000);
  });
});
