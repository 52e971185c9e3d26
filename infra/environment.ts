import type * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from './config';
import type { RedriveQueue } from './redrive';
import type { Secret } from './secret';

type Variables = Record<string, pulumi.Input<string>>;

/** What the handlers find in their environment, by what they do. The values of secrets are never in it. */
export function handlerEnvironment(
  config: StackConfig,
  apiKey: Secret,
  redriveQueue: RedriveQueue,
): { readonly momento: Variables; readonly storing: Variables; readonly vending: Variables } {
  const momento = {
    API_KEY_SECRET_ARN: apiKey.arn,
    ...(config.momentoEndpoint && { MOMENTO_ENDPOINT: config.momentoEndpoint }),
    CACHE_NAME: config.cacheName,
    TOPIC_NAME: config.topicName,
  };
  const storing = {
    ...momento,
    COMMENT_TTL_SECONDS: String(config.commentTtlSeconds),
    COMMENTS_PER_COURSE: String(config.commentsPerCourse),
    REDRIVE_QUEUE_URL: redriveQueue.queue.url,
  };
  return { momento, storing, vending: { ...momento, TOKEN_TTL_MINUTES: String(config.tokenTtlMinutes) } };
}
