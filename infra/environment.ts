import * as pulumi from '@pulumi/pulumi';
import type { Declared, Variables } from './application';
import type { StackConfig } from './config';
import type { RedriveQueue } from './redrive';
import type { Secret } from './secret';

/**
 * The handlers' environment variables, by what the handlers do. They never contain the value of a secret.
 * @param application what the application adds
 */
export function handlerEnvironment(
  config: StackConfig,
  apiKey: Secret,
  redriveQueue: RedriveQueue,
  application: Declared,
): Readonly<Record<'momento' | 'handling' | 'publishing' | 'vending', Variables>> {
  const momento = {
    API_KEY_SECRET_ARN: apiKey.arn,
    ...(config.momentoEndpoint && { MOMENTO_ENDPOINT: config.momentoEndpoint }),
    CACHE_NAME: config.cacheName,
    TOPIC_NAME: config.topicName,
  };
  const publishing = { ...momento, TOKEN_TTL_MINUTES: String(config.tokenTtlMinutes) };
  return {
    momento,
    handling: merged(application.environment, { ...momento, REDRIVE_QUEUE_URL: redriveQueue.queue.url }),
    publishing,
    vending: merged(application.tokenEnvironment, publishing),
  };
}

/** The application's variables and the program's own. Throws a RunError if both have one of the same name. */
function merged(ofApplication: Variables, own: Variables): Variables {
  const taken = Object.keys(ofApplication).filter((name) => Object.hasOwn(own, name));
  if (taken.length === 0) return { ...ofApplication, ...own };
  throw new pulumi.RunError(
    `The application's infra.ts sets ${taken.join(', ')}, which the program sets itself.`,
  );
}
