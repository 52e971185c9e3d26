import type * as pulumi from '@pulumi/pulumi';
import type { Alarms } from './alarms';
import type { Variables } from './application';
import type { StackConfig } from './config';
import type { RedriveQueue } from './redrive';
import type { Relay } from './relay';
import { readSecrets, type Secret } from './secret';

/** The most deliveries under way at the same time: a small task cannot use more. */
const MOST_IN_FLIGHT = 32;

export interface DeliveryArgs {
  /** How to reach Momento, and which cache and topic. */
  readonly momento: Variables;
  readonly apiKey: Secret;
  readonly signingSecret: Secret;
  readonly webhookUrl: pulumi.Output<string>;
  readonly redriveQueue: RedriveQueue;
  readonly alarms: Alarms;
}

/**
 * The relay, if it delivers. Its component is loaded only here, so with another delivery no program waits for Crosswalk
 * (@pulumi/awsx) and docker-build. Everybody has their plug-ins: the engine downloads one for each installed package, used or
 * not.
 */
export function deliverByRelay(
  config: StackConfig,
  { momento, apiKey, signingSecret, webhookUrl, redriveQueue, alarms }: DeliveryArgs,
): Relay | undefined {
  if (config.delivery !== 'relay') return undefined;
  const { Relay }: typeof import('./relay') = require('./relay');
  const { logRetentionDays, vpcId, subnetIds, reservedConcurrency = MOST_IN_FLIGHT } = config;
  // Lambda would answer 429 to more calls than the webhook's reserved concurrency.
  const inFlight = Math.min(reservedConcurrency, MOST_IN_FLIGHT);
  return new Relay('relay', {
    context: '.',
    environment: {
      ...momento,
      SIGNING_SECRET_ARN: signingSecret.arn,
      WEBHOOK_URL: webhookUrl,
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
