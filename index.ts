// Connects a Momento topic to an application through a signed webhook. By default, it stores comments in a Momento cache.
import { Alarms } from './infra/alarms';
import { bundledFunctions } from './infra/bundled-functions';
import { loadConfig } from './infra/config';
import { Dashboard } from './infra/dashboard';
import { handlerEnvironment } from './infra/environment';
import { makeFront } from './infra/front';
import { manageMomento } from './infra/momento/managed';
import { sayWhatIsNext, sayWhatMoved } from './infra/next-steps';
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

const front = makeFront(config, { webhook, publisher, tokens });

const signedWith = manageMomento(config, front.webhookUrl) ?? config.signingSecret;
if (signedWith) signingSecret.hold(signedWith);
else sayWhatIsNext(config, front.webhookUrl);
sayWhatMoved(config, front);

const watched = { functions: { webhook, redrive, publisher, tokens }, redriveQueue, api: front.api };
const alarms = new Alarms('alarms', { ...watched, delivery: config.delivery, email: config.alarmEmail });
const relay = deliverByRelay(config, {
  momento: environment.momento,
  apiKey,
  signingSecret,
  webhookUrl: front.webhookUrl,
  redriveQueue,
  alarms,
});
const dashboard = new Dashboard('dashboard', { ...watched, alarms, relay });

export const applicationOutputs = application.outputs;
export const { webhookUrl, publisherUrl, tokensUrl } = front;
export const apiId = front.api?.apiId;
export const domainTarget = front.api?.domainTarget;
export const webhookFunctionName = webhook.functionName;
export const publisherFunctionName = publisher.functionName;
export const tokensFunctionName = tokens.functionName;
export const redriveQueueUrl = redriveQueue.queue.url;
export const deadLetterQueueUrl = redriveQueue.deadLetterQueue.url;
export const dashboardUrl = dashboard.url;
