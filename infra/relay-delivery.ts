import type { Alarms } from './alarms';
import type { StackConfig } from './config';
import type { Variables } from './environment';
import type { FunctionUrl } from './function-url';
import type { RedriveQueue } from './redrive';
import type { Relay } from './relay';
import { readSecrets, type Secret } from './secret';

/** Deliveries under way at the same time: as many as a small task has any use for. */
const MOST_IN_FLIGHT = 32;

export interface DeliveryArgs {
  /** Where Momento is, and which cache and topic. */
  readonly momento: Variables;
  readonly apiKey: Secret;
  readonly signingSecret: Secret;
  readonly webhookAddress: FunctionUrl;
  readonly redriveQueue: RedriveQueue;
  readonly alarms: Alarms;
}

/**
 * The relay, where it is what delivers. Its component is loaded here alone, so with another delivery no program waits for
 * Crosswalk (@pulumi/awsx) and docker-build. Their plug-ins everybody has: the engine downloads that of each package that is
 * installed, used or not.
 */
export function deliverByRelay(
  config: StackConfig,
  { momento, apiKey, signingSecret, webhookAddress, redriveQueue, alarms }: DeliveryArgs,
): Relay | undefined {
  if (config.delivery !== 'relay') return undefined;
  const { Relay }: typeof import('./relay') = require('./relay');
  const { logRetentionDays, vpcId, subnetIds, reservedConcurrency = MOST_IN_FLIGHT } = config;
  // What the webhook may not run at the same time, it would refuse with 429.
  const inFlight = Math.min(reservedConcurrency, MOST_IN_FLIGHT);
  return new Relay('relay', {
    context: '.',
    environment: {
      ...momento,
      SIGNING_SECRET_ARN: signingSecret.arn,
      WEBHOOK_URL: webhookAddress.url,
      DEAD_LETTER_QUEUE_URL: redriveQueue.deadLetterQueue.url,
      IN_FLIGHT: String(inFlight),
    },
    statements: [readSecrets(apiKey, signingSecret), redriveQueue.deadLettering],
    alarmActions: alarms.actions,
    logRetentionDays,
    vpcId,
    subnetIds,
  });
}
