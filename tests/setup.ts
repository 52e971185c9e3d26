// In each process of a test run: no proxies, as tests speak to this machine alone. Before the first test: bundles that are
// made. Else each of the run's processes would make them, all at the same time.
import { bundleHandlers, bundleRelay } from '../infra/bundle';
import { ignoreProxies } from '../local/commands/proxies';

ignoreProxies();

export function mochaGlobalSetup(): void {
  bundleHandlers(['webhook', 'redrive', 'publisher', 'tokens']);
  bundleRelay();
}
