import assert from 'node:assert/strict';
import { startMomento } from 'local-momento';
import { Cache } from 'local-momento/caches';

describe('the local Momento: what it keeps in memory', () => {
  it('does not grow with expired items, even if nobody reads them again', () => {
    let now = 0;
    const cache = new Cache(() => now, 86_400_000);
    for (let index = 0; index < 10_000; index += 1) {
      cache.setScalar(Buffer.from(`key-${index}`), Buffer.from('value'), 100);
      now += 1;
    }
    assert.ok(cache.size < 500, `${cache.size} items are held, of which 100 live`);
  });

  it('refuses to start with invalid limits', async () => {
    await assert.rejects(
      startMomento({ historyPerTopic: 0 }),
      /historyPerTopic must be a whole number from 1 on, not 0/,
    );
    await assert.rejects(startMomento({ deliveriesPerSecond: 0 }), /deliveriesPerSecond must be above 0/);
    await assert.rejects(startMomento({ maxTtlSeconds: 1.5 }), RangeError);
  });
});
