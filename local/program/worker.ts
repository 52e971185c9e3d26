// The worker behind index.ts: evaluates the program under mocks, one evaluation after another, each with fresh modules.
import { readFile } from 'node:fs/promises';
import nodeModule from 'node:module';
import * as path from 'node:path';
import { MessageChannel, parentPort } from 'node:worker_threads';
import * as pulumi from '@pulumi/pulumi';
import { hasLocalHalf, type LocalApplication, loadApplication } from '../application';
import type { Declared, DeclaredResource, Evaluation, FromWorker, Message } from '.';
import { type AskUrl, isRemote, type MakeInMomento, mockedAnswer, mockedState } from './mocks';

// Pulumi records a stack trace with each promise. Mapping them to sources took half of the time, and nobody sees them.
Error.stackTraceLimit = 0;

let evaluation: Evaluation;
let resources: DeclaredResource[];
let tellResult = () => {};

// Pulumi loads every built-in module when it serializes a dynamic provider, and a worker has no tracing.
const builtinModules = nodeModule.builtinModules.filter((name) => name !== 'trace_events');
Object.assign(nodeModule, { builtinModules });

// During an evaluation only the evaluation keeps this worker alive; between two, the wait for the next one does.
parentPort?.on('message', (next: Evaluation) => {
  parentPort?.unref();
  evaluation = next;
  resources = [];
  forgetProgram();
  evaluate().catch(fail);
});

/** Packages stay loaded, as loading them takes most of the time. They keep nothing of a program but what mocks set. */
function forgetProgram(): void {
  for (const file of Object.keys(require.cache)) {
    if (!file.includes('/node_modules/') && path.dirname(file) !== __dirname) delete require.cache[file];
  }
}

async function evaluate(): Promise<void> {
  const { project, stack, preview, config, secretKeys, momentoUrl } = evaluation;
  const messages: Message[] = [];
  const outputs: Record<string, unknown> = {};
  const secretOutputs: string[] = [];
  if (momentoUrl !== undefined)
    process.env.MOMENTO_ENDPOINT_URL = momentoUrl; // only this worker's
  else delete process.env.MOMENTO_ENDPOINT_URL;
  const log = (severity: Message['severity']) => async (text: string) => {
    messages.push({ severity, text });
  };
  // Without an engine Pulumi prints its log. Its own debug messages are of no use here.
  const silent = async () => {};
  Object.assign(pulumi.log, { debug: silent, info: log('info'), warn: log('warn'), error: log('error') });
  await pulumi.runtime.setMocks({ newResource, call }, project, stack, preview, 'organization');
  pulumi.runtime.setAllConfig(config, secretKeys);

  const exported: Record<string, unknown> = require(path.join(evaluation.folder, 'index.ts'));
  end(() => {
    resources.sort((a, b) => compare(a.type, b.type) || compare(a.name, b.name)); // they arrive in any order
    const declared: Declared = { resources, outputs, secretOutputs, messages };
    return { done: declared };
  });
  for (const [name, value] of Object.entries(exported)) {
    const output: pulumi.Output<unknown> = pulumi.output(value);
    output.apply((known) => {
      outputs[name] = known;
    });
    if (await pulumi.isSecret(output)) secretOutputs.push(name);
  }
}

async function newResource(args: pulumi.runtime.MockResourceArgs) {
  const secretInputs: string[] = [];
  const inputs = await plain(args.inputs, '', secretInputs);
  const { name, type } = args;
  if (!isRecord(inputs)) throw new Error(`the resource ${name} (${type}) has no inputs`);
  const isComponent = !args.custom && !isRemote(type);
  const { id, state } = !isComponent
    ? await mockedState({
        type,
        name,
        project: evaluation.project,
        stack: evaluation.stack,
        inputs,
        askUrl,
        makeInMomento,
        ofApplication: ofApplication(),
      })
    : { id: '', state: inputs };
  const resource = { type, name, id, inputs, state: evaluation.preview ? inputs : state, secretInputs };
  resources.push(resource);
  return {
    id: evaluation.preview || !args.custom ? undefined : id,
    state: { ...args.inputs, ...computed(resource) },
  };
}

/** Loaded only if a resource needs it: the default application declares none. */
function ofApplication(): LocalApplication['resources'] {
  const { folder, project, config } = evaluation;
  const application = config[`${project}:application`];
  return application && hasLocalHalf(folder, application)
    ? loadApplication(folder, application).resources
    : {};
}

/** The properties that AWS adds or fills in. Inputs go back to the program unchanged, with secrets still marked. */
function computed({ inputs, state }: DeclaredResource): Record<string, unknown> {
  return Object.fromEntries(Object.entries(state).filter(([key, value]) => value !== inputs[key]));
}

function call({ token, inputs }: pulumi.runtime.MockCallArgs) {
  return mockedAnswer(token, inputs);
}

/** Asks the worker's starter for a URL. Undefined if the mock may choose. */
const askUrl: AskUrl = async (ask, name) => {
  if (evaluation.preview) return undefined;
  const { port1, port2 } = new MessageChannel();
  tell({ ask, name, port: port2 });
  const url = await new Promise<unknown>((resolve) => {
    port1.once('message', resolve);
    port1.once('close', () => resolve(undefined));
  });
  return typeof url === 'string' ? url : undefined;
};

/** Calls the provider's own code to make it, as the engine would. Undefined if there is no Momento. */
const makeInMomento: MakeInMomento = async (kind, inputs) => {
  if (evaluation.preview || evaluation.momentoUrl === undefined) return undefined;
  const providers: typeof import('../../infra/momento/provider') = require('../../infra/momento/provider');
  const { id, outs } = await providers[kind].create(inputs);
  return { ...Object(outs), id };
};

/** Pulumi's mark of a special object in a mock's inputs, and the mark of a secret among them. */
const SPECIAL = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** A value without secret envelopes; notes their paths. Archives become their files, unknown values undefined. */
async function plain(value: unknown, place: string, secretInputs: string[]): Promise<unknown> {
  if (value instanceof pulumi.asset.AssetArchive) return plain(await value.assets, place, secretInputs);
  if (value instanceof pulumi.asset.StringAsset) return value.text;
  if (value instanceof pulumi.asset.FileAsset) {
    return readFile(path.resolve(evaluation.folder, await value.path), 'utf8');
  }
  if (Array.isArray(value)) {
    return Promise.all(value.map((item, index) => plain(item, `${place}[${index}]`, secretInputs)));
  }
  if (!isRecord(value)) return value;
  if (pulumi.isUnknown(value)) return undefined;
  if (value[SPECIAL] === SECRET) {
    secretInputs.push(place);
    return plain(value.value, place, secretInputs);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    throw new Error(`${place} is a ${value.constructor.name}, which the mocks do not support`);
  }
  const entries = Object.entries(value).map(async ([key, item]) => [
    key,
    await plain(item, place ? `${place}.${key}` : key, secretInputs),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(error: unknown): void {
  const failed = error instanceof Error ? error.message : String(error);
  end(() => ({ failed, registered: resources.length }));
}

/**
 * A resource can be made as late as in the `apply` of another, so the result is sent when nothing is left to do. What comes
 * last counts: a program can fail after it has declared its outputs.
 */
function end(result: () => FromWorker): void {
  process.off('beforeExit', tellResult);
  tellResult = () => {
    tell(result());
    parentPort?.ref();
  };
  process.once('beforeExit', tellResult);
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message, 'port' in message ? [message.port] : []);
}
