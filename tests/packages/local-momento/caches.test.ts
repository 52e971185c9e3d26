import assert from 'node:assert/strict';
import { startMomento } from 'local-momento';
import { got, stand } from './sdk';

describe('the local Momento: what it keeps in memory', () => {
  it('does not grow with expired items, even if nobody reads them again', async () => {
    let now = Date.now();
    const s = await stand({ now: () => now });
    for (let round = 0; round < 20; round += 1) {
      const puts = Array.from({ length: 20 }, (_, index) =>
        s.cache.set('cache', `key-${round}-${index}`, 'value', { ttl: 1 }),
      );
      for (const put of await Promise.all(puts)) got(put, 'Success');
      now += 500;
    }
    assert.ok(s.momento.itemCount < 120, `${s.momento.itemCount} items are held, of which 40 live`);
    await s.close();
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
