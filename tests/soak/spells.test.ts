import assert from 'node:assert/strict';
import { CONNECTION_FAULTS, KEY_TROUBLES } from 'local-momento';
import { TRUSTED_FOR_MS } from '../../handlers/adapters/connection';
import { RECHECK_MS } from '../../handlers/core/signing-secret';
import { Chance } from './random';
import { planSpells, type Spell } from './spells';

/** After this silence Momento's balancers drop a connection (AWS, "Network Load Balancers", connection idle time-out). */
const IDLE_MS = 350_000;

describe('the quiet spells of a soak', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  const kinds = (spells: readonly Spell[]) => [
    new Set(spells.map(({ death }) => death)).size,
    new Set(spells.map(({ trouble }) => trouble)).size,
  ];

  it('are three in a short run, with each way to die, each wrong key, and a rotation', () => {
    for (const seed of seeds) {
      const spells = planSpells(new Chance(seed), 100);
      assert.equal(spells.length, 3);
      assert.deepEqual(kinds(spells), [CONNECTION_FAULTS.length, KEY_TROUBLES.length]);
      assert.ok(spells.some(({ rotates }) => rotates));
    }
  });

  it('combine each way to die with each wrong key in any nine', () => {
    for (const seed of seeds) {
      const spells = planSpells(new Chance(seed), 100_000);
      assert.ok(spells.length >= 18);
      for (const from of [0, 9]) {
        const pairs = spells.slice(from, from + 9).map(({ death, trouble }) => `${death} ${trouble}`);
        assert.equal(new Set(pairs).size, 9);
      }
    }
  });

  it('last longer than a balancer keeps what idles, but for one in three', () => {
    for (const seed of seeds) {
      const spells = planSpells(new Chance(seed), 100_000);
      for (let from = 0; from + 3 <= spells.length; from += 3) {
        const long = spells.slice(from, from + 3).filter(({ quietMs }) => quietMs > IDLE_MS);
        assert.equal(long.length, 2);
      }
    }
  });

  it('are short where connections are closed and where they are reset: long enough to look for a new secret, and no reason to mistrust a connection', () => {
    for (const seed of seeds) {
      const short = planSpells(new Chance(seed), 100_000).filter(({ quietMs }) => quietMs <= IDLE_MS);
      assert.deepEqual([...new Set(short.map(({ death }) => death))].sort(), ['idle-fin', 'idle-rst']);
      for (const { quietMs } of short) assert.ok(RECHECK_MS < quietMs && quietMs < TRUSTED_FOR_MS);
    }
  });

  it('follow from the seed', () => {
    const planned = (seed: number) => planSpells(new Chance(seed), 50_000);
    assert.deepEqual(planned(1), planned(1));
    assert.notDeepEqual(planned(1), planned(2));
  });
});
