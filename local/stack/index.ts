// The whole system on this machine: evaluates the program, hosts what it declares, and connects a local Momento to its
// webhook, as a user connects the real one.
import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';
import { DEFAULT_APPLICATION, hasLocalHalf, loadApplication } from '../application';
import { REGION } from '../aws/account';
import { ignoreProxies } from '../commands/proxies';
import { readStackSettings } from '../program/settings';
import { checkConnected } from './connect-webhook';
import { ConnectedProgram } from './connected-program';
import type { DeclaredStack } from './declared';
import { startServices } from './services';
import { CONNECTED_SERVICES, type Stack, type StackEvents, type StackOptions } from './stack';

const PROJECT = resolve(__dirname, '../..');

export type { RunningRelay, Stack, StackEvents, StackOptions } from './stack';

/** Rejects with PortInUse, or with the program's own error. Then nothing keeps running. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  ignoreProxies();
  const started: { close(): Promise<void> }[] = [];
  const close = async () => {
    await Promise.all(started.splice(0).map((one) => one.close()));
  };
  try {
    return await start(options, started, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: StackOptions,
  started: { close(): Promise<void> }[],
  close: () => Promise<void>,
): Promise<Stack> {
  const events = new EventEmitter<StackEvents>();
  const applicationFolder = await applicationOf(options);
  const application = loadApplication(options.folder ?? PROJECT, applicationFolder);
  const services = await startServices({ ...options, application }, events, started);
  const { identities, secrets, sqs, aws, momento, apiKey, host, apis, tasks, sources, setFaults, clock } =
    services;
  const hostAll = async ({ aws, apis: declaredApis, queues, mappings, resources }: DeclaredStack) => {
    for (const one of services.ofApplication) await one.declare(resources);
    const changed = await host.apply(aws);
    await apis.apply(declaredApis, aws);
    sqs.declare(queues);
    sources.apply(mappings);
    return changed;
  };
  const startTasks = (declared: DeclaredStack) => {
    secrets.declare(program.secretsOf(declared)); // tasks ask for them at once
    return tasks.apply(declared.tasks, declared.aws.roles);
  };

  const program = new ConnectedProgram(options, services);
  const first = await program.evaluate(momento.url);
  const { outputs, connected } = first;
  let { declared } = first;
  await hostAll(declared);
  const behindWebhook = () => host.behind(connected.webhookUrl) ?? apis.behind(connected.webhookUrl);
  if (!behindWebhook())
    throw new Error("the program's output webhookUrl is not the address of a Function URL or of a route");
  await program.connect(connected);
  await startTasks(declared);
  setFaults(options.faults);

  async function invoke(name: string, payload: unknown): Promise<unknown> {
    const outcome = await host.find(name)?.invoke(payload);
    if (!outcome) throw new Error(`the program declares no function ${name}`);
    if (!outcome.ok) throw new Error(`${name}: ${outcome.error.errorType}: ${outcome.error.errorMessage}`);
    return JSON.parse(outcome.payload);
  }
  return {
    outputs,
    momento,
    aws,
    secrets,
    sqs,
    events,
    region: REGION,
    credentials: identities.user,
    signingName: declared.apis.length > 0 ? 'execute-api' : 'lambda',
    apiKey,
    cacheName: connected.cacheName,
    topicName: connected.topicName,
    applicationFolder,
    application,
    access: {
      credentialProvider: apiKeyCredentials(apiKey, {
        endpoint: behindWebhook()?.environment.MOMENTO_ENDPOINT,
        local: localMomento(momento.url),
      }),
      cacheName: connected.cacheName,
      region: REGION,
      credentials: async () => identities.user,
      awsUrl: aws.url,
      outputs: textsOf(outputs.applicationOutputs),
    },
    functionNamed(output) {
      const hosted = host.find(String(outputs[output]));
      if (!hosted) throw new Error(`the program's output ${output} is not the name of a function`);
      return hosted.declared;
    },
    invoke,
    warm: async (output, instances) => host.find(String(outputs[output]))?.warm(instances),
    queuesIdle: () => sources.idle(),
    heapUsed: async (output) => (await host.find(String(outputs[output]))?.heapUsed()) ?? [],
    setFaults,
    clock,
    killConnections(how, names = CONNECTED_SERVICES) {
      for (const name of names) for (const one of services.connectionsTo(name)) one.kill(how);
    },
    freeze: () => host.freeze(),
    thaw: () => host.thaw(),
    relay: tasks.has('relay')
      ? {
          kill: () => tasks.kill('relay'),
          freeze: () => tasks.freeze('relay'),
          thaw: () => tasks.thaw('relay'),
        }
      : undefined,
    async reload() {
      const again = await program.evaluate();
      checkConnected(connected, again.connected);
      const isManaged = connected.delivery === 'managed-webhook';
      const { declared: next } = isManaged ? await program.evaluate(momento.url) : again;
      // First the step that can still fail: starting the tasks.
      const restarted = await startTasks(next).catch(async (error: unknown) => {
        await startTasks(declared);
        throw error;
      });
      const changed = await hostAll(next);
      declared = next;
      return [...changed, ...restarted];
    },
    close,
  };
}

/** The application of the setting. If there is no such folder, the default: the program itself then says what is allowed. */
export async function applicationOf({
  folder = PROJECT,
  stack = 'dev',
  config,
}: StackOptions): Promise<string> {
  const { application = DEFAULT_APPLICATION } = { ...(await readStackSettings(folder, stack)), ...config };
  return hasLocalHalf(folder, application) ? application : DEFAULT_APPLICATION;
}

function textsOf(outputs: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(Object(outputs)).map(([name, value]) => [name, String(value)]));
}
