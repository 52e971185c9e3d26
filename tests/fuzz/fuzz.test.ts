import assert from 'node:assert/strict';
import { fuzz, grew } from './fuzz';

describe('the fuzz', () => {
  it('finds every hostile request refused with 4xx, without an effect, an echo or memory kept', async function () {
    this.timeout(300_000);
    const report = await fuzz({ requests: 5_000, seed: 1 });
    const { wronglyAnswered, echoed, effects } = report;
    assert.deepEqual({ wronglyAnswered, echoed, effects }, { wronglyAnswered: [], echoed: [], effects: 0 });
    assert.deepEqual(Object.keys(report.answers).sort(), ['403', '405', '413', '422']);
    assert.equal(grew(report), false, JSON.stringify(report.heap));
  });
});
