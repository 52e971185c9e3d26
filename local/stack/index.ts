// The whole product on this machine: the program is evaluated, what it declares is hosted, and a local Momento is
// connected to its webhook, as a user would connect the real one.
import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import type { Momento, MomentoOptions } from 'local-momento';
import type { ConnectionFault, FaultPlan } from 'local-momento/faults';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';
import {
  type Access,
  DEFAULT_APPLICATION,
  hasLocalHalf,
  type LocalApplication,
  loadApplication,
} from '../application';
import { REGION } from '../aws/account';
import type { DeclaredFunction } from '../aws/declared';
import type { AwsEndpoint } from '../aws/endpoint';
import type { FunctionError } from '../aws/lambda/protocol';
import type { SecretsManager } from '../aws/secrets-manager';
import type { AccessKey } from '../aws/sigv4';
import type { Sqs } from '../aws/sqs';
import { readStackSettings } from '../program/settings';
import type { Clock } from './clock';
import { checkConnected } from './connect-webhook';
import { ConnectedProgram } from './connected-program';
import type { DeclaredStack } from './declared';
import { CONNECTED_SERVICES, type ConnectedService, startServices } from './services';

const PROJECT = resolve(__dirname, '../..');

export interface StackOptions {
  /** The first of several ports in a row: AWS, Momento, then the Function URLs. 0, the default: any free ones. */
  port?: number;
  /** Whose `Pulumi.<stack>.yaml` holds the settings. Default: `dev`. */
  stack?: string;
  /** The folder of the program. Default: this project. */
  folder?: string;
  /** Settings in place of those of the file; keys without a namespace get the project's. */
  config?: Record<string, string>;
  /** Secrets in place of made-up ones: `momentoApiKey`, `signingSecret` (then Momento is not connected). */
  secrets?: Record<string, string>;
  faults?: FaultPlan;
  /** What the relay's process is told besides. */
  relayEnvironment?: Record<string, string>;
  momento?: Omit<MomentoOptions, 'port' | 'apiKeys' | 'faults' | 'now'>;
}

/** What happens in the functions (and the relay, whose lines stand among theirs); what happens in Momento its own events tell. */
export interface StackEvents {
  log: [{ function: string; line: string }];
  crash: [{ function: string; error: FunctionError }];
  call: [{ url: string; method: string }];
  request: [{ url: string; method: string; status: number; ms: number }];
}

export interface Stack {
  /** The program's outputs, with local addresses. */
  readonly outputs: Record<string, unknown>;
  readonly momento: Momento;
  readonly aws: AwsEndpoint;
  readonly secrets: SecretsManager;
  readonly sqs: Sqs;
  readonly events: EventEmitter<StackEvents>;
  readonly region: string;
  /** Of the local user, who may invoke every function. */
  readonly credentials: AccessKey;
  readonly apiKey: string;
  readonly cacheName: string;
  readonly topicName: string;
  /** The folder of the application, what it says of this machine, and with what to read what it did. */
  readonly applicationFolder: string;
  readonly application: LocalApplication;
  readonly access: Access;
  /** The functions as they are hosted now. */
  functionNamed(output: string): DeclaredFunction;
  /** Invokes a function by its name and gives what its handler returned. Throws where the function failed. */
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  /** Resolves when no message of a queue is being handled. */
  queuesIdle(): Promise<void>;
  /** Bytes of heap in use in each idle instance of the function that an output names. */
  heapUsed(output: string): Promise<number[]>;
  setFaults(plan: FaultPlan | undefined): void;
  /** That of the services, the functions and the relay, which can be set forward. */
  readonly clock: Clock;
  /** Lets the connections die that are open now, to all services or to some. Later ones are healthy. */
  killConnections(how: ConnectionFault, services?: readonly ConnectedService[]): void;
  /** Freezes all idle instances of functions, each until its next request. Resolves when they stand still. */
  freeze(): Promise<void>;
  /** Lets all frozen instances go on. */
  thaw(): void;
  /** Only with delivery `relay`. */
  readonly relay: RunningRelay | undefined;
  /**
   * Evaluates the program again, swaps in what changed, and gives the names of the functions and tasks that did. Rejects,
   * and changes nothing, where the program fails, AWS would refuse what it declares, a task does not come to work, or Momento
   * would have to be connected in another way.
   */
  reload(): Promise<string[]>;
  close(): Promise<void>;
}

export interface RunningRelay {
  /** Kills it at once (SIGKILL), as ECS would see it, and resolves when the one in its place has subscribed. */
  kill(): Promise<void>;
  /** Its process stands still (SIGSTOP) until it is thawed. */
  freeze(): void;
  thaw(): void;
}

/** Rejects with PortInUse, or with the program's own error; then nothing is left running. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
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
  const { identities, secrets, sqs, aws, momento, apiKey, host, tasks, sources, setFaults, clock } = services;
  const hostAll = async ({ aws, queues, mappings, resources }: DeclaredStack) => {
    for (const one of services.ofApplication) await one.declare(resources);
    const changed = await host.apply(aws);
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
  if (!host.behind(connected.webhookUrl))
    throw new Error('the program has no output webhookUrl that is the address of a Function URL');
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
    apiKey,
    cacheName: connected.cacheName,
    topicName: connected.topicName,
    applicationFolder,
    application,
    access: {
      credentialProvider: apiKeyCredentials(apiKey, {
        endpoint: host.behind(connected.webhookUrl)?.environment.MOMENTO_ENDPOINT,
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
      if (!hosted) throw new Error(`the program has no output ${output} that is the name of a function`);
      return hosted.declared;
    },
    invoke,
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
      // First what may still fail: a task that does not come to work.
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

/** Where the setting names none, the default one: the program itself then says what is allowed. */
async function applicationOf({ folder = PROJECT, stack = 'dev', config }: StackOptions): Promise<string> {
  const { application = DEFAULT_APPLICATION } = { ...(await readStackSettings(folder, stack)), ...config };
  return hasLocalHalf(folder, application) ? application : DEFAULT_APPLICATION;
}

function textsOf(outputs: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(Object(outputs)).map(([name, value]) => [name, String(value)]));
}
