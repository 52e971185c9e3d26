import assert from 'node:assert/strict';
import { alternate, holds, quantile, ratio, table } from '../../bench/figures';

describe('a figure of the bench', () => {
  it('is the median of the ratios of each pair, with their quartiles', () => {
    assert.deepEqual(ratio([1, 2, 3, 4, 50], [10, 10, 10, 10, 10]), {
      value: 0.3,
      spread: [0.2, 0.4],
      samples: 5,
    });
  });

  it('comes from samples in turn, of which each is first as often as the other', async () => {
    const order: string[] = [];
    const sample = (name: string) => async () => order.push(name);
    const { ours, reference } = await alternate(4, sample('a'), sample('b'));
    assert.deepEqual([ours.length, reference.length], [4, 4]);
    assert.equal(order.join(''), 'baabbaab');
  });

  it('takes a quantile from what was measured, never from between', () => {
    const values = [5, 1, 4, 2, 3];
    assert.deepEqual(
      [0, 0.5, 0.99, 1].map((part) => quantile(values, part)),
      [1, 3, 5, 5],
    );
  });

  it('is missed above a bar, or below one that it must reach, and cannot be missed without', () => {
    const figure = { what: 'it', value: 2, samples: 20 };
    assert.equal(holds({ ...figure, bar: 2 }), true);
    assert.equal(holds({ ...figure, bar: 1.9 }), false);
    assert.equal(holds({ ...figure, bar: 2.1, bound: 'least' }), false);
    assert.equal(holds({ ...figure, value: Number.NaN, bar: 2 }), false);
    assert.equal(holds(figure), true);
  });

  it('stands beside its bar', () => {
    const figure = {
      what: 'cold',
      value: 0.5,
      spread: [0.4, 0.6] as const,
      samples: 20,
      bar: 0.65,
      aim: 0.5,
    };
    const [, row] = table([figure]).split('\n');
    assert.match(row ?? '', /^cold +0\.50 +0\.40 to 0\.60 +20 +<= 0\.65 +0\.5 +held$/);
    assert.match(table([{ ...figure, value: 0.7 }]), /MISSED/);
  });
});
