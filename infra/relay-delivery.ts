import type { StackConfig } from './config';
import type { Relay, RelayArgs } from './relay';

/**
 * The relay, where it is what delivers. Its component is loaded here alone: with another delivery nobody waits for
 * Crosswalk (@pulumi/awsx), or needs its plug-in.
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
