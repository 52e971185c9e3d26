// The functions' real bundles between a local AWS and a local Momento. Their connections can die while the clock of all of
// them jumps ahead, as for a function that was frozen for minutes.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FaultPlan } from 'local-momento';
import { type Momento, makeLegacyKey, startMomento } from 'local-momento';
import { type BundleSettings, bundleHandlers } from '../../infra/bundle';
import { ACCOUNT_ID, REGION } from '../../local/aws/account';
import { Clock } from '../../local/aws/clock';
import { AwsEndpoint } from '../../local/aws/endpoint';
import { parsePolicy } from '../../local/aws/iam';
import { environmentOf } from '../../local/aws/lambda/environment';
import { HostedFunction } from '../../local/aws/lambda/hosted-function';
import { SecretsManager } from '../../local/aws/secrets-manager';
import { Sqs } from '../../local/aws/sqs';
import { type Death, DyingConnections } from '../dying-connections';
import { declaredFunction } from '../local/aws/lambda/fixture';

export const CACHE = 'comments';
export const TOPIC = 'comment';
const PROJECT = resolve(__dirname, '../..');
export const NAMES = ['webhook', 'redrive', 'publisher', 'tokens'] as const;
const arn = (service: string, name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${name}`;
export const API_KEY_ARN = arn('secretsmanager', 'secret:api-key-abcdef');
export const SIGNING_SECRET_ARN = arn('secretsmanager', 'secret:signing-secret-abcdef');
const QUEUE_ARN = arn('sqs', 'redrive');
const ACTIONS = ['secretsmanager:GetSecretValue', 'sqs:SendMessage', 'sqs:ChangeMessageVisibility'];

/**
 * Runs before a function's own code: its time jumps ahead by the milliseconds in a file, and passes `SLOWER` times as slowly as
 * that of this machine, with all timers. So a busy machine is fast enough for every deadline.
 */
const CLOCK = `import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
const slower = Number(process.env.SLOWER);
const timer = globalThis.setTimeout;
globalThis.setTimeout = (work, ms, ...given) => timer(work, ms * slower, ...given);
const silence = Socket.prototype.setTimeout;
Socket.prototype.setTimeout = function (ms, ...given) { return silence.call(this, ms * slower, ...given); };
globalThis.Date = ((Real) => {
  const began = Number(process.env.BEGAN);
  const now = () =>
    Math.trunc(began + (Real.now() - began) / slower) + Number(readFileSync(process.env.AHEAD_FILE, 'utf8'));
  return class Date extends Real {
    constructor(...given) { given.length > 0 ? super(...given) : super(now()); }
    static now() { return now(); }
  };
})(Date);
const { handler } = await import('./program.mjs');
export { handler };\n`;

export interface FrozenFunctionsSettings extends BundleSettings {
  /** How many times more slowly the functions' time passes than this machine's: 1 unless given. */
  readonly slower?: number;
}

export interface FrozenFunctions {
  readonly momento: Momento;
  readonly secrets: SecretsManager;
  readonly sqs: Sqs;
  readonly queueUrl: string;
  /** Milliseconds since the epoch, on the clock of all functions. */
  now(): number;
  /** What Momento and AWS do with a call. */
  setFaults(plan: FaultPlan | undefined): void;
  /** What the functions have logged, metrics included. */
  logs(): readonly string[];
  /** Freezes all functions for this long, while their connections die. */
  freeze(milliseconds: number, death: Death): void;
  /** Whether Momento's port is open to new connections. */
  listen(open: boolean): void;
  /** How many connections to Momento there have been. */
  connections(): number;
  /** Starts an instance of a function ahead of its first request. Resolves with how long INIT took, in its milliseconds. */
  initialise(name: (typeof NAMES)[number]): Promise<number>;
  /** Invokes a function and resolves with what its handler returned. Throws if the function failed. */
  invoke(name: (typeof NAMES)[number], payload: unknown): Promise<unknown>;
  /** Ends all instances: the next requests start new ones. */
  restart(): void;
  close(): Promise<void>;
}

export async function startFunctions(
  signingSecret: string,
  { project = PROJECT, slower = 1, ...how }: FrozenFunctionsSettings = {},
): Promise<FrozenFunctions> {
  bundleHandlers([...NAMES], { project, ...how });
  const folder = mkdtempSync(join(tmpdir(), 'frozen-functions-'));
  const aheadFile = join(folder, 'ahead');
  let aheadMs = 0;
  const setAhead = (milliseconds: number) => {
    aheadMs = milliseconds;
    writeFileSync(aheadFile, String(milliseconds));
  };
  setAhead(0);
  const began = Date.now();
  const now = () => Math.trunc(began + (Date.now() - began) / slower) + aheadMs;

  const apiKey = makeLegacyKey();
  const momento = await startMomento({ caches: [CACHE], apiKeys: [apiKey], now });
  const secrets = new SecretsManager(now);
  secrets.declare([
    { arn: API_KEY_ARN, name: 'api-key', value: apiKey },
    { arn: SIGNING_SECRET_ARN, name: 'signing-secret', value: signingSecret },
  ]);
  const sqs = new Sqs(now);
  const key = {
    accessKeyId: 'ASIAFUNCTIONS',
    secretAccessKey: randomBytes(20).toString('hex'),
    sessionToken: 'session',
  };
  const statement = { Effect: 'Allow', Action: ACTIONS, Resource: '*' };
  const identity = {
    ...key,
    arn: arn('sts', 'functions'),
    statements: parsePolicy({ Statement: [statement] }, 'the functions'),
  };
  const aws = await AwsEndpoint.start({
    services: [secrets.service, sqs.service],
    findIdentity: (id) => (id === key.accessKeyId ? identity : undefined),
    now,
  });
  const toAws = await DyingConnections.to(aws.port);
  const toMomento = await DyingConnections.to(momento.port);
  aws.port = toAws.port; // it only answers callers that use its own address
  const queueUrl = `${aws.url}/${ACCOUNT_ID}/redrive`;
  const times = { visibilityMs: 30_000, delayMs: 0, retentionMs: 86_400_000 };
  sqs.declare([{ arn: QUEUE_ARN, name: 'redrive', url: queueUrl, ...times }]);

  const environment = {
    API_KEY_SECRET_ARN: API_KEY_ARN,
    CACHE_NAME: CACHE,
    TOPIC_NAME: TOPIC,
    COMMENT_TTL_SECONDS: '3600',
    COMMENTS_PER_COURSE: '100',
    TOKEN_TTL_MINUTES: '30',
    REDRIVE_QUEUE_URL: queueUrl,
    POWERTOOLS_METRICS_NAMESPACE: 'tests',
    POWERTOOLS_SERVICE_NAME: 'functions',
    AHEAD_FILE: aheadFile,
    BEGAN: String(began),
    SLOWER: String(slower),
  };
  const local = {
    AWS_ENDPOINT_URL: aws.url,
    MOMENTO_ENDPOINT_URL: `http://127.0.0.1:${toMomento.port}`,
  };
  const logs: string[] = [];
  const hosted = new Map(
    NAMES.map((name) => {
      const archive = join(project, '.bundles', name);
      const own = readdirSync(archive).map((file) => [file, readFileSync(join(archive, file), 'utf8')]);
      const { 'index.mjs': program = '', ...others } = Object.fromEntries(own);
      const files = { ...others, 'program.mjs': program, 'index.mjs': CLOCK };
      const declared = declaredFunction('', {
        name,
        environment: name === 'webhook' ? { ...environment, SIGNING_SECRET_ARN } : environment,
        memoryMb: 512,
        files,
        timeoutSeconds: 5 * slower,
      });
      const code = { declared, environment: environmentOf(declared, key, local) };
      return [
        name,
        new HostedFunction(code, {
          folder,
          clock: new Clock(),
          onLog: (line) => logs.push(line),
          onCrash: () => undefined,
        }),
      ] as const;
    }),
  );
  return {
    momento,
    secrets,
    sqs,
    queueUrl,
    now,
    setFaults(plan) {
      momento.setFaults(plan);
      aws.setFaults(plan);
    },
    logs: () => logs,
    freeze(milliseconds, death) {
      toAws.die(death);
      toMomento.die(death);
      setAhead(aheadMs + milliseconds);
    },
    listen(open) {
      if (open) toMomento.accept();
      else toMomento.refuse();
    },
    connections: () => toMomento.count(),
    async initialise(name) {
      return ((await hosted.get(name)?.initialise()) ?? Number.NaN) / slower;
    },
    async invoke(name, payload) {
      const outcome = await hosted.get(name)?.invoke(payload);
      if (outcome?.ok) return JSON.parse(outcome.payload);
      throw new Error(`${name}: ${outcome?.error.errorType}: ${outcome?.error.errorMessage}`);
    },
    restart() {
      logs.splice(0);
      for (const one of hosted.values()) one.swap(one.code);
    },
    async close() {
      await Promise.all([...hosted.values()].map((one) => one.close()));
      await Promise.all([toAws, toMomento, aws, momento].map((one) => one.close()));
      rmSync(folder, { recursive: true });
    },
  };
}
