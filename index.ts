// Connects a Momento topic to an application through a signed webhook. By default, it stores comments in a Momento cache.
import { Alarms } from './infra/alarms';
import { bundledFunctions } from './infra/bundled-functions';
import { loadConfig } from './infra/config';
import { Dashboard } from './infra/dashboard';
import { handlerEnvironment } from './infra/environment';
import { FunctionUrl } from './infra/function-url';
import { manageMomento } from './infra/momento/managed';
import { sayWhatIsNext } from './infra/next-steps';
import { RedriveQueue } from './infra/redrive';
import { deliverByRelay } from './infra/relay-delivery';
import { Secret } from './infra/secret';

const config = loadConfig();
const functionNamed = bundledFunctions(['webhook', 'redrive', 'publisher', 'tokens'], config);

const apiKey = new Secret('api-key', { description: 'The Momento API key of the functions' });
apiKey.hold(config.momentoApiKey);
const signingSecret = new Secret('signing-secret', { description: 'What Momento signs its requests with' });
const redriveQueue = new RedriveQueue('redrive');
const application = config.declareApplication();
const environment = handlerEnvironment(config, apiKey, redriveQueue, application);

const webhook = functionNamed('webhook', {
  description: 'Verifies events that Momento sends and stores their comments',
  environment: { ...environment.handling, SIGNING_SECRET_ARN: signingSecret.arn },
  secrets: [apiKey, signingSecret],
  statements: [redriveQueue.sending, ...application.statements],
  reservedConcurrency: config.reservedConcurrency,
});
const redrive = functionNamed('redrive', {
  description: 'Stores the comments that could not be stored at once',
  environment: environment.handling,
  secrets: [apiKey],
  statements: [redriveQueue.receiving, ...application.statements],
});
const publisher = functionNamed('publisher', {
  description: 'Publishes comments with a token that carries their user',
  environment: environment.publishing,
  secrets: [apiKey],
});
const tokens = functionNamed('tokens', {
  description: 'Vends tokens with which users publish comments themselves',
  environment: environment.vending,
  secrets: [apiKey],
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
const alarms = new Alarms('alarms', { ...watched, delivery: config.delivery, email: config.alarmEmail });
const relay = deliverByRelay(config, {
  momento: environment.momento,
  apiKey,
  signingSecret,
  webhookAddress,
  redriveQueue,
  alarms,
});
const dashboard = new Dashboard('dashboard', { ...watched, alarms, relay });

export const applicationOutputs = application.outputs;
export const webhookUrl = webhookAddress.url;
export const publisherUrl = publisherAddress.url;
export const tokensUrl = tokensAddress.url;
export const webhookFunctionName = webhook.functionName;
export const publisherFunctionName = publisher.functionName;
export const tokensFunctionName = tokens.functionName;
export const redriveQueueUrl = redriveQueue.queue.url;
export const deadLetterQueueUrl = redriveQueue.deadLetterQueue.url;
export const dashboardUrl = dashboard.url;
