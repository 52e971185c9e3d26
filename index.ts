// Comments of signed-in users, from a Momento topic through a signed webhook into a Momento cache.
import { bundleHandlers } from './infra/bundle';
import { loadConfig } from './infra/config';
import { FunctionUrl } from './infra/function-url';
import { HandlerFunction } from './infra/handler-function';
import { sayWhatIsNext } from './infra/next-steps';
import { readSecrets, Secret } from './infra/secret';

const config = loadConfig();
const codeOf = bundleHandlers(['webhook', 'publisher']);

const apiKey = new Secret('api-key', {
  description: "The API key with which the functions use Momento's caches and topics",
  value: config.momentoApiKey,
});
const signingSecret = new Secret('signing-secret', {
  description: 'What Momento signs its webhook requests with',
  value: config.signingSecret,
});

const momento = {
  API_KEY_SECRET_ARN: apiKey.arn,
  ...(config.momentoEndpoint && { MOMENTO_ENDPOINT: config.momentoEndpoint }),
  CACHE_NAME: config.cacheName,
  TOPIC_NAME: config.topicName,
};

const webhook = new HandlerFunction('webhook', {
  description: 'Verifies events that Momento sends and stores their comments',
  code: codeOf('webhook'),
  environment: {
    ...momento,
    SIGNING_SECRET_ARN: signingSecret.arn,
    COMMENT_TTL_SECONDS: String(config.commentTtlSeconds),
    COMMENTS_PER_COURSE: String(config.commentsPerCourse),
  },
  statements: [readSecrets(apiKey, signingSecret)],
  memoryMb: config.memoryMb,
  logRetentionDays: config.logRetentionDays,
  reservedConcurrency: config.reservedConcurrency,
});

const publisher = new HandlerFunction('publisher', {
  description: 'Publishes comments with a token that carries their user',
  code: codeOf('publisher'),
  environment: { ...momento, TOKEN_TTL_MINUTES: String(config.tokenTtlMinutes) },
  statements: [readSecrets(apiKey)],
  memoryMb: config.memoryMb,
  logRetentionDays: config.logRetentionDays,
});

// Momento cannot sign for IAM, so the handler checks its signature. The caller of the publisher vouches for the user, so
// IAM checks the caller.
const webhookAddress = new FunctionUrl('webhook', { handler: webhook, authorization: 'NONE' });
const publisherAddress = new FunctionUrl('publisher', { handler: publisher, authorization: 'AWS_IAM' });

if (!config.signingSecret) sayWhatIsNext(config, webhookAddress.url);

export const webhookUrl = webhookAddress.url;
export const publisherUrl = publisherAddress.url;
export const webhookFunctionName = webhook.functionName;
export const publisherFunctionName = publisher.functionName;
