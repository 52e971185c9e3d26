import type { StackConfig } from './config';
import type { Relay, RelayArgs } from './relay';

/** Deliveries under way at the same time: as many as a small task has any use for. */
const MOST_IN_FLIGHT = 32;

/**
 * The relay, where it is what delivers. Its component is loaded here alone, so with another delivery no program waits for
 * Crosswalk (@pulumi/awsx) and docker-build. Their plug-ins everybody has: the engine downloads that of each package that is
 * installed, used or not.
 */
export function deliverByRelay(
  config: StackConfig,
  args: Pick<RelayArgs, 'environment' | 'statements' | 'alarmActions'>,
): Relay | undefined {
  if (config.delivery !== 'relay') return undefined;
  const { Relay }: typeof import('./relay') = require('./relay');
  const { logRetentionDays, vpcId, subnetIds, reservedConcurrency = MOST_IN_FLIGHT } = config;
  // What the webhook may not run at the same time, it would refuse with 429.
  const inFlight = Math.min(reservedConcurrency, MOST_IN_FLIGHT);
  const environment = { ...args.environment, IN_FLIGHT: String(inFlight) };
  return new Relay('relay', { context: '.', logRetentionDays, vpcId, subnetIds, ...args, environment });
}
