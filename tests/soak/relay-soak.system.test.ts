import assert from 'node:assert/strict';
import { relayComplaintsOf, relaySoak } from './relay-soak';

describe('the soak of the relay', () => {
  it('finds every event stored exactly once although connections break, Momento restarts, and the relay is killed or deaf, which its lag shows', async function () {
    this.timeout(300_000);
    const report = await relaySoak({ events: 100, faults: 0.2, seed: 3, concurrency: 12, breaks: 4 });
    const { stored, deadLettered, breaks, answers } = report;
    assert.deepEqual(relayComplaintsOf(report, 0.2), []);
    assert.equal(stored + deadLettered, 100);
    assert.deepEqual(breaks, { cut: 1, kill: 1, restart: 1, deaf: 1 });
    for (const status of [200, 429, 503])
      assert.ok((answers[status] ?? 0) > 0, `some were answered ${status}`);
  });
});
