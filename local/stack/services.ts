// The services on this machine for the program: AWS, Momento, and the hosts of functions, tasks and event sources. They
// are empty until the program is evaluated.
import type { EventEmitter } from 'node:events';
import {
  type Connections,
  type FaultPlan,
  type Momento,
  type MomentoOptions,
  makeLegacyKey,
  startMomento,
} from 'local-momento';
import type { LocalApplication, LocalService } from '../application';
import { HttpApiHost } from '../aws/api-gateway/host';
import { Clock } from '../aws/clock';
import { TaskHost } from '../aws/ecs/host';
import { AwsEndpoint } from '../aws/endpoint';
import { PortInUse } from '../aws/http';
import { Identities } from '../aws/identities';
import { FunctionHost } from '../aws/lambda/host';
import { lambdaInvoke } from '../aws/lambda/invoke';
import { SecretsManager } from '../aws/secrets-manager';
import { Sqs } from '../aws/sqs';
import { EventSources } from '../aws/sqs/event-source';
import type { ConnectedService, StackEvents, StackOptions } from './stack';

export interface Services {
  readonly clock: Clock;
  readonly identities: Identities;
  readonly secrets: SecretsManager;
  readonly sqs: Sqs;
  readonly aws: AwsEndpoint;
  readonly momento: Momento;
  readonly apiKey: string;
  readonly host: FunctionHost;
  readonly apis: HttpApiHost;
  readonly tasks: TaskHost;
  readonly sources: EventSources;
  /** The application's own AWS services. */
  readonly ofApplication: readonly LocalService[];
  setFaults(plan: FaultPlan | undefined): void;
  /** The current connections to each service. */
  connectionsTo(service: ConnectedService): Connections[];
}

/**
 * Rejects with PortInUse.
 * @param started gets the services to close, even if a later one does not start
 */
export async function startServices(
  options: StackOptions & { readonly application: LocalApplication },
  events: EventEmitter<StackEvents>,
  started: { close(): Promise<void> }[],
): Promise<Services> {
  const clock = new Clock();
  const { now } = clock;
  const { portOf = () => 0 } = options;

  const ofApplication = (await options.application.startServices?.()) ?? [];
  started.push(...ofApplication);
  const added = ofApplication.map(({ service }) => service);
  const identities = new Identities(
    added.map(({ signingName }) => signingName),
    options.user,
  );
  const secrets = new SecretsManager(now);
  const sqs = new Sqs(now);
  clock.onAdvance(() => sqs.hurry(0)); // messages may be visible now
  const aws = await AwsEndpoint.start({
    port: portOf('aws'),
    services: [secrets.service, sqs.service, lambdaInvoke((name) => host.find(name)), ...added],
    findIdentity: (accessKeyId) => identities.find(accessKeyId),
    now,
  });
  started.push(aws);

  const apiKey = options.secrets?.momentoApiKey ?? makeLegacyKey();
  const apiKeys = [apiKey, ...(options.secrets?.momentoDeployKey ? [options.secrets.momentoDeployKey] : [])];
  const momento = await startMomentoOn(portOf('momento'), { ...options.momento, apiKeys, now });
  started.push(momento);

  const local = { AWS_ENDPOINT_URL: aws.url, MOMENTO_ENDPOINT_URL: momento.url };
  const host = new FunctionHost({
    identities,
    local,
    portOf,
    clock,
    onLog: (log) => events.emit('log', log),
    onCrash: (crash) => events.emit('crash', crash),
    onCall: (call) => events.emit('call', call),
    onRequest: (request) => events.emit('request', request),
  });
  started.push(host);

  const apis = new HttpApiHost({
    findIdentity: (accessKeyId) => identities.find(accessKeyId),
    findFunction: (name) => host.find(name),
    now,
    portOf,
    onLog: (log) => events.emit('log', log),
    onCall: (call) => events.emit('call', call),
    onRequest: (request) => events.emit('request', request),
  });
  started.push(apis);

  const tasks = new TaskHost({
    identities,
    clock,
    local: { ...local, ...options.relayEnvironment },
    onLog: (log) => events.emit('log', log),
    ready: () => subscribed(momento),
  });
  started.push(tasks);

  const sources = new EventSources(sqs, (name) => {
    const fed = host.find(name);
    return (
      fed && { invoke: (event) => fed.invoke(event), statements: identities.ofFunction(name).statements }
    );
  });
  started.push(sources);

  const setFaults = (plan: FaultPlan | undefined) => {
    momento.setFaults(plan);
    aws.setFaults(plan);
    host.setFaults(plan);
    apis.setFaults(plan);
  };
  const connectionsTo = (service: ConnectedService): Connections[] =>
    ({
      momento: [momento.connections],
      aws: [aws.connections, ...tasks.connections],
      urls: [...host.connections, ...apis.connections],
    })[service];
  return {
    clock,
    identities,
    secrets,
    sqs,
    aws,
    momento,
    apiKey,
    host,
    apis,
    tasks,
    sources,
    ofApplication,
    setFaults,
    connectionsTo,
  };
}

async function startMomentoOn(port: number, options: MomentoOptions): Promise<Momento> {
  return startMomento({ ...options, port }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new PortInUse(port) : error;
  });
}

/** Resolves with the next subscription to a topic. */
function subscribed(momento: Momento): Promise<void> {
  return new Promise((resolve) => {
    const onSubscribed = () => {
      momento.off('subscribed', onSubscribed);
      resolve();
    };
    momento.on('subscribed', onSubscribed);
  });
}
