// Runs inside an instance's worker thread: loads the handler, then answers one invocation after another. It is compiled
// for this, so it imports little.
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { setDateAhead } from '../date';
import { FileLoader } from './compiled-files';
import type { Boot, FromWorker, FunctionError, Invocation, ToWorker } from './protocol';

type Handler = (event: unknown, context: unknown) => unknown;

const boot: Boot = workerData;
const files = new FileLoader(boot.compiled);
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
let requestId: string | undefined;

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

/** A console line as Lambda writes it (aws-lambda-nodejs-runtime-interface-client, `LogPatch`). */
function line(level: string, values: unknown[]): string {
  const timestamp = new Date().toISOString();
  if (boot.logFormat === 'Text')
    return `${timestamp}\t${requestId ?? 'undefined'}\t${level}\t${format(...values)}`;
  const [first] = values;
  const error = values.find((value): value is Error => value instanceof Error);
  const one = values.length === 1 && !(first instanceof Error);
  const entry = { timestamp, level, requestId, message: one ? first : format(...values) };
  try {
    return JSON.stringify(error ? { ...entry, ...errorFields(error) } : entry);
  } catch {
    return JSON.stringify({ ...entry, message: format(...values) });
  }
}

function errorFields(error: Error): object {
  return { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split('\n') ?? [] };
}

function log(level: string, values: unknown[]): void {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(boot.logLevel)) return;
  tell({ kind: 'log', line: line(level, values) });
}

function patchConsole(): void {
  console.trace = (...values) => log('TRACE', values);
  console.debug = (...values) => log('DEBUG', values);
  console.log = (...values) => log('INFO', values);
  console.info = (...values) => log('INFO', values);
  console.warn = (...values) => log('WARN', values);
  console.error = (...values) => log('ERROR', values);
}

/** Output that bypasses the console also arrives in order, and before the answer. */
function patchStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream._write = (chunk: string | Uint8Array, _encoding, done) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      for (const line of text.split('\n')) if (line) tell({ kind: 'log', line });
      done();
    };
  }
}

function described(thrown: unknown, fallbackType: string): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: fallbackType, errorMessage: format('%s', thrown) };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

async function load(): Promise<Handler> {
  // Only `import` can load a file that is not CommonJS.
  const exported: Record<string, unknown> = boot.file.endsWith('.mjs')
    ? await import(pathToFileURL(boot.file).href)
    : require(boot.file);
  const handler = exported[boot.exportName];
  if (typeof handler !== 'function') {
    const error = new Error(`index.${boot.exportName} is undefined or not exported`);
    throw Object.assign(error, { name: 'Runtime.HandlerNotFound' });
  }
  if (boot.callbacksRefused && handler.length > 2) {
    const error = new Error(
      'AWS Lambda has removed support for callback-based function handlers with Node.js 24.',
    );
    throw Object.assign(error, { name: 'Runtime.CallbackHandlerDeprecated' });
  }
  return (event, context) => handler(event, context);
}

async function answer(handler: Handler, { requestId: id, payload, deadline }: Invocation): Promise<void> {
  requestId = id;
  const context = {
    functionName: boot.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: boot.functionArn,
    memoryLimitInMB: String(boot.memoryMb),
    awsRequestId: id,
    logGroupName: boot.logGroup,
    logStreamName: boot.logStream,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(payload), context);
    tell({ kind: 'answered', requestId: id, payload: JSON.stringify(result) ?? 'null', fresh: files.fresh });
  } catch (thrown) {
    const error = described(thrown, 'Error');
    log('ERROR', [error]);
    tell({ kind: 'failed', requestId: id, error });
  }
}

/** The AWS SDK warns about an old Node.js. That is this machine's, not the function's declared one. */
function leaveOutVersionWarning(): void {
  process.emitWarning = new Proxy(process.emitWarning, {
    apply(emit, self, warning: unknown[]) {
      if (!String(warning[0]).startsWith('NodeVersionSupportWarning')) Reflect.apply(emit, self, warning);
    },
  });
}

/** Blocks the thread with its timers and sockets, as Lambda freezes an instance between two requests. */
function freeze(): void {
  tell({ kind: 'freezing' });
  Atomics.wait(boot.gate, 0, 1);
}

/** The heap in use after a garbage collection. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return getHeapStatistics().used_heap_size;
}

setDateAhead(() => boot.ahead[0] ?? 0);
patchConsole();
patchStreams();
leaveOutVersionWarning();
load().then(
  (handler) => {
    parentPort?.on('message', (message: ToWorker) => {
      if (message === 'heap') tell({ kind: 'heap', bytes: heapInUse() });
      else if (message === 'freeze') freeze();
      else if ('compile' in message) tell({ kind: 'compiled', files: files.compiled(message.compile) });
      else void answer(handler, message);
    });
    tell({ kind: 'ready' });
  },
  (thrown: unknown) => {
    const error = described(thrown, 'Runtime.ImportModuleError');
    log('ERROR', [error]);
    tell({ kind: 'failed', requestId: undefined, error });
  },
);
