// The whole product on this machine: the program is evaluated, what it declares is hosted, and a local Momento is
// connected to its webhook, as a user would connect the real one.
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { ACCOUNT_ID, REGION } from './aws/account';
import type { DeclaredFunction, DeclaredSecret } from './aws/declared';
import { AwsEndpoint } from './aws/endpoint';
import { EventSources } from './aws/event-source';
import { Identities } from './aws/identities';
import { lambdaInvoke } from './aws/lambda';
import { SecretsManager } from './aws/secrets-manager';
import type { AccessKey } from './aws/sigv4';
import { Sqs } from './aws/sqs';
import { checkConnected, connectWebhook, makeCache } from './connect-webhook';
import { type DeclaredStack, readStack } from './declared';
import type { FaultPlan } from './faults';
import { FunctionHost } from './functions/host';
import { PortInUse } from './http';
import { type Momento, type MomentoOptions, makeLegacyKey, startMomento } from './momento';
import { evaluateProgram } from './program';
import { readStackSettings } from './settings';
import { TaskHost } from './tasks/host';

const PROJECT = resolve(__dirname, '..');

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
  /** Milliseconds since the epoch, for this process; functions have the clock of this machine. */
  now?: () => number;
  momento?: Omit<MomentoOptions, 'port' | 'apiKeys' | 'faults' | 'now'>;
}

/** What happens in the functions (and the relay, whose lines stand among theirs); what happens in Momento its own events tell. */
export interface StackEvents {
  log: [{ function: string; line: string }];
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
  /** The functions as they are hosted now. */
  functionNamed(output: string): DeclaredFunction;
  /** Invokes a function by its name and gives what its handler returned. Throws where the function failed. */
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  /** Resolves when no message of a queue is being handled. */
  queuesIdle(): Promise<void>;
  /** Bytes of heap in use in each idle instance of the function that an output names. */
  heapUsed(output: string): Promise<number[]>;
  setFaults(plan: FaultPlan | undefined): void;
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
  const { stack = 'dev', folder = PROJECT, faults, now = Date.now } = options;
  const events = new EventEmitter<StackEvents>();
  let port = options.port ?? 0;
  const nextPort = () => (port === 0 ? 0 : port++);

  const identities = new Identities();
  const secrets = new SecretsManager(now);
  const sqs = new Sqs(now);
  const aws = await AwsEndpoint.start({
    port: nextPort(),
    services: [secrets.service, sqs.service, lambdaInvoke((name) => host.find(name))],
    findIdentity: (accessKeyId) => identities.find(accessKeyId),
    now,
  });
  started.push(aws);

  const apiKey = options.secrets?.momentoApiKey ?? makeLegacyKey();
  const apiKeys = [apiKey, ...(options.secrets?.momentoDeployKey ? [options.secrets.momentoDeployKey] : [])];
  const momento = await startMomentoOn(nextPort(), { ...options.momento, apiKeys, now });
  started.push(momento);

  const host = new FunctionHost({
    identities,
    local: { AWS_ENDPOINT_URL: aws.url, MOMENTO_ENDPOINT_URL: momento.url },
    nextPort,
    now,
    onLog: (log) => events.emit('log', log),
    onCall: (call) => events.emit('call', call),
    onRequest: (request) => events.emit('request', request),
  });
  started.push(host);

  const tasks = new TaskHost({
    identities,
    local: { AWS_ENDPOINT_URL: aws.url, MOMENTO_ENDPOINT_URL: momento.url },
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
  const hostAll = async ({ aws, queues, mappings }: DeclaredStack) => {
    const changed = await host.apply(aws);
    sqs.declare(queues);
    sources.apply(mappings);
    return changed;
  };
  const startTasks = (declared: DeclaredStack) => tasks.apply(declared.tasks, declared.aws.roles);
  // Momento makes the signing secret once it knows the webhook's URL, so until then another text holds its place.
  const placeholder = randomBytes(16).toString('hex');
  let signingSecret = options.secrets?.signingSecret;
  /** @param momentoUrl where the program makes what it manages itself; without it, nothing is made */
  const evaluate = async (momentoUrl?: string) => {
    const settings = await readStackSettings(folder, stack);
    const delivery = options.config?.delivery ?? settings.delivery ?? 'webhook';
    const isManaged = delivery === 'managed-webhook'; // the program then makes the webhook, and refuses a signing secret
    const isRelayed = delivery === 'relay';
    if (isRelayed) signingSecret ??= placeholder; // one that is made up, as a user would
    const secret: Record<string, string> = isManaged ? {} : { signingSecret: signingSecret ?? placeholder };
    const { outputs, resources } = await evaluateProgram({
      stack,
      folder,
      config: { ...settings, ...options.config },
      secrets: { momentoApiKey: apiKey, ...secret, ...options.secrets },
      functionUrl: (name) => host.reserveUrl(name),
      queueUrl: (name) => `${aws.url}/${ACCOUNT_ID}/${name}`,
      ...(momentoUrl !== undefined && { momentoUrl }),
    });
    const declared = readStack(resources, folder);
    const webhook = declared.aws.functions.find(({ name }) => name === outputs.webhookFunctionName);
    const { CACHE_NAME: cacheName = '', TOPIC_NAME: topicName = '' } = webhook?.environment ?? {};
    const connected = { delivery, cacheName, topicName, webhookUrl: String(outputs.webhookUrl) };
    return { outputs, declared, connected, isManaged, isRelayed };
  };

  const program = await evaluate(momento.url);
  const { outputs, connected, isManaged, isRelayed } = program;
  const { cacheName, topicName, webhookUrl: url } = connected;
  let { declared } = program;
  await hostAll(declared);
  if (!host.behind(url))
    throw new Error('the program has no output webhookUrl that is the address of a Function URL');
  const connection = { momento, apiKey, cacheName, topicName, url };
  if (isRelayed || (!isManaged && !signingSecret)) await makeCache(connection);
  if (!isManaged) signingSecret ??= await connectWebhook(connection);
  const declareSecrets = (all: readonly DeclaredSecret[]) =>
    secrets.declare(all.map((one) => (one.value === placeholder ? { ...one, value: signingSecret } : one)));
  declareSecrets(declared.aws.secrets);
  await startTasks(declared); // they ask for the secrets at once

  const setFaults = (plan: FaultPlan | undefined) => {
    momento.setFaults(plan);
    aws.setFaults(plan);
    host.setFaults(plan);
  };
  setFaults(faults);

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
    cacheName,
    topicName,
    functionNamed(output) {
      const hosted = host.find(String(outputs[output]));
      if (!hosted) throw new Error(`the program has no output ${output} that is the name of a function`);
      return hosted.declared;
    },
    invoke,
    queuesIdle: () => sources.idle(),
    heapUsed: async (output) => (await host.find(String(outputs[output]))?.heapUsed()) ?? [],
    setFaults,
    relay: tasks.has('relay') ? { kill: () => tasks.kill('relay') } : undefined,
    async reload() {
      const again = await evaluate();
      checkConnected(connected, again.connected);
      const { declared: next } = isManaged ? await evaluate(momento.url) : again;
      declareSecrets(next.aws.secrets);
      // First what may still fail: a task that does not come to work.
      const restarted = await startTasks(next).catch(async (error: unknown) => {
        declareSecrets(declared.aws.secrets);
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
