// All actions of the service cache_client.Scs.
import type { Bound } from '../dispatch';
import { batches } from './batches';
import type { DataActions } from './data';
import { dictionaries } from './dictionaries';
import { items } from './items';
import { lists } from './lists';
import { scalars } from './scalars';
import { setIf } from './set-if';
import { sets } from './sets';
import { sortedSets } from './sorted-sets';

export const scs = (data: DataActions): Record<string, Bound> => ({
  ...scalars(data),
  ...batches(data),
  ...setIf(data),
  ...items(data),
  ...dictionaries(data),
  ...sets(data),
  ...lists(data),
  ...sortedSets(data),
});
