// Sizes are the same on every machine, so they are checked with every change; times never are.
import assert from 'node:assert/strict';
import { measureBundle } from '../../bench/bundle';
import { holds, table } from '../../bench/figures';

describe('the bundle of the webhook', () => {
  it('is under half of the plain webhook’s, unzipped and zipped, minified both', async () => {
    const figures = await measureBundle();
    assert.deepEqual(
      figures.map(({ what }) => what),
      ['bundle, unzipped', 'bundle, zipped'],
    );
    for (const figure of figures) assert(holds({ ...figure, bar: 0.5 }), table([figure]));
  });
});
