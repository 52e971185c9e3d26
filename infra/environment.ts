import * as pulumi from '@pulumi/pulumi';
import type { Declared } from './application';
import type { StackConfig } from './config';
import type { RedriveQueue } from './redrive';
import type { Secret } from './secret';

export type Variables = Readonly<Record<string, pulumi.Input<string>>>;

/**
 * The handlers' environment variables, by what the handlers do. They never contain the value of a secret.
 * @param application what the application adds for the functions that handle events
 */
export function handlerEnvironment(
  config: StackConfig,
  apiKey: Secret,
  redriveQueue: RedriveQueue,
  application: Declared,
): { readonly momento: Variables; readonly handling: Variables; readonly vending: Variables } {
  const momento = {
    API_KEY_SECRET_ARN: apiKey.arn,
    ...(config.momentoEndpoint && { MOMENTO_ENDPOINT: config.momentoEndpoint }),
    CACHE_NAME: config.cacheName,
    TOPIC_NAME: config.topicName,
  };
  const own = { ...momento, REDRIVE_QUEUE_URL: redriveQueue.queue.url };
  const taken = Object.keys(application.environment).filter((name) => Object.hasOwn(own, name));
  if (taken.length > 0) {
    throw new pulumi.RunError(
      `The application's infra.ts sets ${taken.join(', ')}, which the program sets itself.`,
    );
  }
  const handling = { ...application.environment, ...own };
  return { momento, handling, vending: { ...momento, TOKEN_TTL_MINUTES: String(config.tokenTtlMinutes) } };
}
