// Comments of signed-in users, from a Momento topic through a signed webhook into a Momento cache.
import { Alarms } from './infra/alarms';
import { bundleHandlers } from './infra/bundle';
import { loadConfig } from './infra/config';
import { Dashboard } from './infra/dashboard';
import { FunctionUrl } from './infra/function-url';
import { HandlerFunction } from './infra/handler-function';
import { manageMomento } from './infra/momento/managed';
import { sayWhatIsNext } from './infra/next-steps';
import { RedriveQueue } from './infra/redrive';
import { readSecrets, Secret } from './infra/secret';

const config = loadConfig();
const codeOf = bundleHandlers(['webhook', 'redrive', 'publisher', 'tokens']);
if (config.delivery === 'relay') bundleHandlers(['relay']); // the Dockerfile copies it

const apiKey = new Secret('api-key', {
  description: "The API key with which the functions use Momento's caches and topics",
});
apiKey.hold(config.momentoApiKey);
const signingSecret = new Secret('signing-secret', {
  description: 'What Momento signs its webhook requests with',
});

const redriveQueue = new RedriveQueue('redrive');

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
const { memoryMb, logRetentionDays, tracing } = config;
const like = { memoryMb, logRetentionDays, tracing };

const webhook = new HandlerFunction('webhook', {
  description: 'Verifies events that Momento sends and stores their comments',
  code: codeOf('webhook'),
  environment: { ...storing, SIGNING_SECRET_ARN: signingSecret.arn },
  statements: [readSecrets(apiKey, signingSecret), redriveQueue.sending],
  reservedConcurrency: config.reservedConcurrency,
  ...like,
});
const redrive = new HandlerFunction('redrive', {
  description: 'Stores the comments that could not be stored at once',
  code: codeOf('redrive'),
  environment: storing,
  statements: [readSecrets(apiKey), redriveQueue.receiving],
  ...like,
});
redriveQueue.deliverTo(redrive);

const vending = { ...momento, TOKEN_TTL_MINUTES: String(config.tokenTtlMinutes) };
const publisher = new HandlerFunction('publisher', {
  description: 'Publishes comments with a token that carries their user',
  code: codeOf('publisher'),
  environment: vending,
  statements: [readSecrets(apiKey)],
  ...like,
});
const tokens = new HandlerFunction('tokens', {
  description: 'Vends tokens with which users publish comments themselves',
  code: codeOf('tokens'),
  environment: vending,
  statements: [readSecrets(apiKey)],
  ...like,
});

const watched = {
  functions: { webhook, redrive, publisher, tokens },
  redriveQueue: redriveQueue.queue,
  deadLetterQueue: redriveQueue.deadLetterQueue,
};
const alarms = new Alarms('alarms', { ...watched, email: config.alarmEmail });

// Momento cannot sign for IAM, so the handler checks its signature. The caller of the publisher or the token service
// vouches for the user, so IAM checks the caller.
const webhookAddress = new FunctionUrl('webhook', { handler: webhook, authorization: 'NONE' });
const publisherAddress = new FunctionUrl('publisher', { handler: publisher, authorization: 'AWS_IAM' });
const tokensAddress = new FunctionUrl('tokens', { handler: tokens, authorization: 'AWS_IAM' });

const signedWith = manageMomento(config, webhookAddress.url) ?? config.signingSecret;
if (signedWith) signingSecret.hold(signedWith);
else sayWhatIsNext(config, webhookAddress.url);

const relay = config.delivery === 'relay' ? makeRelay() : undefined;

const alarmArns = { arns: [...alarms.arns, ...(relay?.alarms ?? [])] };
const dashboard = new Dashboard('dashboard', { ...watched, alarms: alarmArns, relay: relay !== undefined });

/** Loaded here alone: with another delivery nobody waits for Crosswalk (@pulumi/awsx), or needs its plug-in. */
function makeRelay() {
  const { Relay }: typeof import('./infra/relay') = require('./infra/relay');
  return new Relay('relay', {
    context: '.',
    environment: {
      ...momento,
      SIGNING_SECRET_ARN: signingSecret.arn,
      WEBHOOK_URL: webhookAddress.url,
      DEAD_LETTER_QUEUE_URL: redriveQueue.deadLetterQueue.url,
    },
    statements: [readSecrets(apiKey, signingSecret), redriveQueue.deadLettering],
    logRetentionDays,
    vpcId: config.vpcId,
    subnetIds: config.subnetIds,
    alarmActions: alarms.actions,
  });
}

export const webhookUrl = webhookAddress.url;
export const publisherUrl = publisherAddress.url;
export const tokensUrl = tokensAddress.url;
export const webhookFunctionName = webhook.functionName;
export const publisherFunctionName = publisher.functionName;
export const tokensFunctionName = tokens.functionName;
export const redriveQueueUrl = redriveQueue.queue.url;
export const deadLetterQueueUrl = redriveQueue.deadLetterQueue.url;
export const dashboardUrl = dashboard.url;
