import assert from 'node:assert/strict';
import { Denials, REPORT_EVERY_MS } from '../../../handlers/core/denials';

const NOW = 1_700_000_000_000;

function counted(...reasons: string[]): Denials {
  const denials = new Denials();
  for (const reason of reasons) denials.count(reason);
  return denials;
}

describe('denied requests', () => {
  it('are reported as counts by reason', () => {
    const denials = counted('unsigned', 'signature', 'unsigned', 'unsigned');
    assert.deepEqual(denials.due(NOW), { unsigned: 3, signature: 1 });
  });

  it('are reported once', () => {
    const denials = counted('unsigned');
    denials.due(NOW);
    assert.equal(denials.due(NOW + REPORT_EVERY_MS), undefined);
    denials.count('stale');
    assert.deepEqual(denials.due(NOW + REPORT_EVERY_MS), { stale: 1 });
  });

  it('give no report if there were none, even with an accepted event', () => {
    assert.equal(new Denials().due(NOW), undefined);
    assert.equal(new Denials().due(NOW, true), undefined);
  });

  it('are reported at most every 30 seconds, however many there are', () => {
    assert.equal(REPORT_EVERY_MS, 30_000);
    const denials = counted('unsigned');
    denials.due(NOW);
    for (let n = 0; n < 1_000; n++) {
      denials.count('unsigned');
      assert.equal(denials.due(NOW + 29_999), undefined);
    }
    assert.deepEqual(denials.due(NOW + 30_000), { unsigned: 1_000 });
  });

  it('are reported at once beside an accepted event, and then not for another 30 seconds', () => {
    const denials = counted('unsigned');
    denials.due(NOW);
    denials.count('signature');
    assert.deepEqual(denials.due(NOW + 10_000, true), { signature: 1 });
    denials.count('signature');
    assert.equal(denials.due(NOW + 39_999), undefined);
    assert.deepEqual(denials.due(NOW + 40_000), { signature: 1 });
  });
});
