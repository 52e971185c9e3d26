// Before the first test: bundles that are made. Else each of the run's processes would make them, all at the same time.
import { bundleHandlers, bundleRelay } from '../infra/bundle';

export function mochaGlobalSetup(): void {
  bundleHandlers(['webhook', 'redrive', 'publisher', 'tokens']);
  bundleRelay();
}
