// Evaluates index.ts under Pulumi's in-process mocks, without an engine, and returns what the program declares.
import * as path from 'node:path';
import { type MessagePort, Worker } from 'node:worker_threads';
import type { Addressed } from './mocks';

/** One resource that the program registered. */
export interface DeclaredResource {
  readonly type: string;
  /** The logical name, unique together with the type. */
  readonly name: string;
  readonly id: string;
  /** With secrets unwrapped and outputs resolved. The `code` of a function is its files, by name. */
  readonly inputs: Record<string, unknown>;
  /** The mocked provider's answer: inputs, and computed properties such as `arn`. In a preview only the inputs. */
  readonly state: Record<string, unknown>;
  /** Paths of the inputs that are marked secret, such as `secretString`. */
  readonly secretInputs: string[];
}

export interface Message {
  readonly severity: 'info' | 'warn' | 'error';
  readonly text: string;
}

export interface Declared {
  readonly resources: DeclaredResource[];
  /** By name, without values that a preview cannot know. */
  readonly outputs: Record<string, unknown>;
  readonly secretOutputs: string[];
  /** The messages of the program to its user. */
  readonly messages: Message[];
}

export interface ProgramOptions {
  /** Default: `dev`. */
  readonly stack?: string;
  /** Default: `momento-webhooks`. */
  readonly project?: string;
  /** The folder of the program. Default: this project. */
  readonly folder?: string;
  /** Settings that are not secret. A key without a namespace gets the project's. */
  readonly config?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Computed outputs stay unknown, as in `pulumi preview`. */
  readonly preview?: boolean;
  /** The URL that the Function URL of this logical name gets. Default: one like AWS's. */
  readonly functionUrl?: (name: string) => Promise<string> | string;
  /** The URL that the HTTP API's stage of this logical name gets. Default: one like AWS's. */
  readonly httpApiUrl?: (name: string) => Promise<string> | string;
  /** The URL that the queue of this logical name gets. Default: one like AWS's. */
  readonly queueUrl?: (name: string) => Promise<string> | string;
  /** A local Momento in which the program's Momento resources are really made. Default: they are made up. */
  readonly momentoUrl?: string;
}

/** The program ended with an error of its own. */
export class ProgramError extends Error {
  constructor(
    message: string,
    /** How many resources it had registered by then. */
    readonly registered: number,
  ) {
    super(message);
  }
}

/** The request to the worker. */
export interface Evaluation {
  readonly folder: string;
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  readonly config: Record<string, string>;
  readonly secretKeys: string[];
  readonly momentoUrl: string | undefined;
}

/** The worker's messages: a question, which is answered on its port, or the end. */
export type FromWorker =
  | { readonly ask: Addressed; readonly name: string; readonly port: MessagePort }
  | { readonly done: Declared }
  | { readonly failed: string; readonly registered: number };

const PROJECT = path.resolve(__dirname, '../..');

/** A worker that has loaded Pulumi and waits for the next evaluation. It does not keep the process alive. */
let spare: Worker | undefined;
/** One after another: a worker that has loaded Pulumi is faster than two that still have to. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Evaluates the program in a worker thread, with fresh modules and without this process's AWS and Pulumi settings. Returns
 * what it declares.
 * Rejects with a ProgramError that has the program's own message.
 */
export function evaluateProgram(options: ProgramOptions = {}): Promise<Declared> {
  const next = last.then(() => evaluate(options));
  last = next.catch(() => {});
  return next;
}

async function evaluate(options: ProgramOptions): Promise<Declared> {
  const { folder = PROJECT, project = 'momento-webhooks', stack = 'dev', preview = false } = options;
  const named = (settings: Readonly<Record<string, string>> = {}) =>
    Object.entries(settings).map(([key, value]) => [key.includes(':') ? key : `${project}:${key}`, value]);
  const evaluation: Evaluation = {
    folder,
    project,
    stack,
    preview,
    config: Object.fromEntries([
      ['aws:region', 'us-east-1'],
      ...named(options.config),
      ...named(options.secrets),
    ]),
    secretKeys: named(options.secrets).map(([key = '']) => key),
    momentoUrl: options.momentoUrl,
  };
  const worker = spare ?? new Worker(START, { eval: true, env: cleanEnvironment(), stdout: false });
  spare = undefined;
  try {
    const declared = await new Promise<Declared>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if ('done' in message) resolve(message.done);
        else if ('failed' in message) reject(new ProgramError(message.failed, message.registered));
        else answer(message.port, options[message.ask], message.name).catch(reject);
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the program ended without a result')));
      worker.ref();
      worker.postMessage(evaluation);
    });
    keep(worker);
    return declared;
  } catch (error) {
    // A worker tells that a program failed once nothing of it runs any more. In every other case it may still run.
    if (error instanceof ProgramError) keep(worker);
    else await worker.terminate();
    throw error;
  }
}

function keep(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
  spare = worker;
  worker.once('exit', () => {
    if (spare === worker) spare = undefined;
  });
  worker.unref();
}

/** What reads TypeScript must load before the worker's first file, however this Node.js itself handles TypeScript. */
const START = `
  require(${JSON.stringify(path.join(PROJECT, 'infra', 'read-typescript.cjs'))});
  require(${JSON.stringify(path.join(__dirname, 'worker.ts'))});
`;

function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS|PULUMI|NODE)_/.test(name)),
  );
}

async function answer(port: MessagePort, ask: ProgramOptions['functionUrl'], name: string): Promise<void> {
  try {
    port.postMessage(await ask?.(name));
  } finally {
    port.close();
  }
}
