// Comments of signed-in users, from a Momento topic through a signed webhook into a Momento cache.
import { Alarms } from './infra/alarms';
import { bundleHandlers } from './infra/bundle';
import { loadConfig } from './infra/config';
import { Dashboard } from './infra/dashboard';
import { handlerEnvironment } from './infra/environment';
import { FunctionUrl } from './infra/function-url';
import { HandlerFunction } from './infra/handler-function';
import { manageMomento } from './infra/momento/managed';
import { sayWhatIsNext } from './infra/next-steps';
import { RedriveQueue } from './infra/redrive';
import { checkRegion } from './infra/regions';
import { deliverByRelay } from './infra/relay-delivery';
import { readSecrets, Secret } from './infra/secret';

const config = loadConfig();
void checkRegion();
const { application } = config;
const codeOf = bundleHandlers(['webhook', 'redrive', 'publisher', 'tokens'], { application });
if (config.delivery === 'relay') bundleHandlers(['relay']); // the Dockerfile copies it

const apiKey = new Secret('api-key', { description: 'The Momento API key of the functions' });
apiKey.hold(config.momentoApiKey);
const signingSecret = new Secret('signing-secret', { description: 'What Momento signs its requests with' });
const redriveQueue = new RedriveQueue('redrive');

const { environment, statements = [], outputs } = config.declareApplication();
const { momento, handling, vending } = handlerEnvironment(config, apiKey, redriveQueue, environment);
const { memoryMb, logRetentionDays, tracing, reservedConcurrency } = config;
const settings = { memoryMb, logRetentionDays, tracing };

const webhook = new HandlerFunction('webhook', {
  description: 'Verifies events that Momento sends and stores their comments',
  code: codeOf('webhook'),
  environment: { ...handling, SIGNING_SECRET_ARN: signingSecret.arn },
  statements: [readSecrets(apiKey, signingSecret), redriveQueue.sending, ...statements],
  ...settings,
  reservedConcurrency,
});
const redrive = new HandlerFunction('redrive', {
  description: 'Stores the comments that could not be stored at once',
  code: codeOf('redrive'),
  environment: handling,
  statements: [readSecrets(apiKey), redriveQueue.receiving, ...statements],
  ...settings,
});
const publisher = new HandlerFunction('publisher', {
  description: 'Publishes comments with a token that carries their user',
  code: codeOf('publisher'),
  environment: vending,
  statements: [readSecrets(apiKey)],
  ...settings,
});
const tokens = new HandlerFunction('tokens', {
  description: 'Vends tokens with which users publish comments themselves',
  code: codeOf('tokens'),
  environment: vending,
  statements: [readSecrets(apiKey)],
  ...settings,
});
redriveQueue.deliverTo(redrive);

// Momento cannot sign for IAM, so the handler checks its signature. The caller of the publisher or the token service
// vouches for the user, so IAM checks the caller.
const webhookAddress = new FunctionUrl('webhook', { handler: webhook, authorization: 'NONE' });
const publisherAddress = new FunctionUrl('publisher', { handler: publisher, authorization: 'AWS_IAM' });
const tokensAddress = new FunctionUrl('tokens', { handler: tokens, authorization: 'AWS_IAM' });

const signedWith = manageMomento(config, webhookAddress.url) ?? config.signingSecret;
if (signedWith) signingSecret.hold(signedWith);
else sayWhatIsNext(config, webhookAddress.url);

const watched = { functions: { webhook, redrive, publisher, tokens }, redriveQueue };
const calledAgain = config.delivery === 'relay' ? ['webhook'] : []; // Momento's own webhooks call once
const alarms = new Alarms('alarms', { ...watched, calledAgain, email: config.alarmEmail });
const relay = deliverByRelay(config, {
  environment: {
    ...momento,
    SIGNING_SECRET_ARN: signingSecret.arn,
    WEBHOOK_URL: webhookAddress.url,
    DEAD_LETTER_QUEUE_URL: redriveQueue.deadLetterQueue.url,
  },
  statements: [readSecrets(apiKey, signingSecret), redriveQueue.deadLettering],
  alarmActions: alarms.actions,
});
const dashboard = new Dashboard('dashboard', { ...watched, alarms, relay });

/** What the application tells of itself, if anything. */
export const applicationOutputs = outputs;

export const webhookUrl = webhookAddress.url;
export const publisherUrl = publisherAddress.url;
export const tokensUrl = tokensAddress.url;
export const webhookFunctionName = webhook.functionName;
export const publisherFunctionName = publisher.functionName;
export const tokensFunctionName = tokens.functionName;
export const redriveQueueUrl = redriveQueue.queue.url;
export const deadLetterQueueUrl = redriveQueue.deadLetterQueue.url;
export const dashboardUrl = dashboard.url;
