import type { StackConfig } from './config';
import type { Relay, RelayArgs } from './relay';

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
  const { logRetentionDays, vpcId, subnetIds } = config;
  return new Relay('relay', { context: '.', logRetentionDays, vpcId, subnetIds, ...args });
}
