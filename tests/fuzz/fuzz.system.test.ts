import assert from 'node:assert/strict';
import { fuzz, grew } from './fuzz';

describe('the fuzz', () => {
  it('finds that every hostile request is refused with 4xx, without an effect, an echo or retained memory', async function () {
    this.timeout(300_000);
    const report = await fuzz({ requests: 1_500, seed: 1 });
    const { wronglyAnswered, echoed, effects, stillServes } = report;
    assert.deepEqual(
      { wronglyAnswered, echoed, effects, stillServes },
      { wronglyAnswered: [], echoed: [], effects: 0, stillServes: true },
    );
    assert.deepEqual(Object.keys(report.answers).sort(), ['400', '403', '405', '413', '422']);
    assert.ok(report.cutShort > 50, `${report.cutShort} ended before their body did`);
    assert.equal(grew(report), false, JSON.stringify(report.heap));
  });
});
