// One instance of a function: a worker thread with its own environment and memory limit. It serves one invocation at a
// time, and is not used again after it timed out, crashed or ended itself.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock';
import { compiled } from '../compiled';
import type { CompiledFiles } from './compiled-files';
import type { Boot, FromWorker, FunctionError, Outcome, ToWorker } from './protocol';

/** Lambda's limit for the initialisation: ten seconds. */
const INIT_MS = 10_000;

export interface InstanceOptions {
  boot: Omit<Boot, 'ahead' | 'gate' | 'compiled'>;
  environment: Record<string, string>;
  timeoutMs: number;
  clock: Clock;
  /** @param initMs in the first invocation, how long the initialisation before it took */
  onLog(line: string, initMs?: number): void;
  /** It ended by itself: by an uncaught exception, its memory limit, or its own exit. */
  onCrash(error: FunctionError): void;
}

let source: string | undefined;

function runtimeSource(): string {
  source ??= compiled(join(__dirname, 'runtime.ts'), 'cjs');
  return source;
}

/** What V8 made of the functions' files: of the newest, as each change of a handler adds some. */
const files: CompiledFiles = new Map();
const FILES_AT_MOST = 100;
/** The files that an instance was asked for. */
const asked = new Set<string>();

export class Instance {
  readonly #worker: Worker;
  readonly #ready: Promise<FunctionError | undefined>;
  #settle: ((outcome: Outcome) => void) | undefined;
  #ended: FunctionError | undefined;
  readonly #startedAt = performance.now();
  #initMs: number | undefined;
  #settleInit: (error: FunctionError | undefined) => void = () => {};
  #tellHeap: (bytes: number) => void = () => {};
  #tellFreezing: () => void = () => {};
  readonly #gate = new Int32Array(new SharedArrayBuffer(4));

  constructor(private readonly options: InstanceOptions) {
    const { environment, clock } = options;
    const boot: Boot = { ...options.boot, ahead: clock.ahead, gate: this.#gate, compiled: files };
    this.#worker = new Worker(runtimeSource(), {
      eval: true,
      execArgv: [], // without this process's own hooks
      env: { ...environment, AWS_LAMBDA_LOG_STREAM_NAME: boot.logStream },
      workerData: boot,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: boot.memoryMb },
    });
    this.#ready = new Promise((resolve) => {
      this.#settleInit = resolve;
    });
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error: Error) => this.#crash(errorOf(error)));
    this.#worker.on('exit', (code) => {
      this.#crash({
        errorType: 'Runtime.ExitError',
        errorMessage: `Runtime exited with error: exit status ${code}`,
      });
    });
  }

  /** Whether it can serve another invocation. */
  get usable(): boolean {
    return this.#ended === undefined;
  }

  /** Resolves when it is initialised, with how long that took in milliseconds, or with why it cannot serve. */
  async initialise(requestId: string): Promise<number | FunctionError> {
    const initTimer = setTimeout(
      () => this.#end(timedOut(requestId, INIT_MS, 'INIT_REPORT '), true),
      INIT_MS,
    );
    const failure = await this.#ready.finally(() => clearTimeout(initTimer));
    return failure ?? this.#ended ?? this.#initMs ?? 0;
  }

  /** @param onInit is told in the first invocation how long the initialisation took, in milliseconds */
  async invoke(requestId: string, payload: string, onInit: (ms: number) => void): Promise<Outcome> {
    const initialised = await this.initialise(requestId);
    if (typeof initialised !== 'number') return { ok: false, error: initialised };
    if (this.#initMs !== undefined) onInit(this.#initMs);

    const { timeoutMs, clock } = this.options;
    const timer = setTimeout(() => this.#end(timedOut(requestId, timeoutMs), true), timeoutMs);
    const outcome = new Promise<Outcome>((resolve) => {
      this.#settle = resolve;
    });
    const message: ToWorker = { requestId, payload, deadline: clock.now() + timeoutMs };
    this.#worker.postMessage(message);
    this.thaw(); // it sees the request first, before anything that happened to its sockets meanwhile
    return outcome.finally(() => {
      clearTimeout(timer);
      this.#initMs = undefined; // later invocations did not wait for it
    });
  }

  /** Resolves when the thread is frozen. It stays so until the next request at the latest. */
  async freeze(): Promise<void> {
    await this.#ready;
    if (this.#ended || Atomics.load(this.#gate, 0) === 1) return;
    const freezing = new Promise<void>((resolve) => {
      this.#tellFreezing = resolve;
    });
    Atomics.store(this.#gate, 0, 1);
    const order: ToWorker = 'freeze';
    this.#worker.postMessage(order);
    await freezing;
  }

  /** It continues where it stopped. */
  thaw(): void {
    Atomics.store(this.#gate, 0, 0);
    Atomics.notify(this.#gate, 0);
  }

  /** Bytes of heap in use after a garbage collection; 0 if the instance has ended. */
  heapUsed(): Promise<number> {
    if (this.#ended) return Promise.resolve(0);
    const used = new Promise<number>((resolve) => {
      this.#tellHeap = resolve;
    });
    const question: ToWorker = 'heap';
    this.#worker.postMessage(question);
    this.thaw();
    return used;
  }

  async terminate(): Promise<void> {
    this.#end({ errorType: 'Runtime.Terminated', errorMessage: 'the instance was ended' }, false);
    await this.#worker.terminate();
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'log') this.options.onLog(message.line, this.#initMs);
    else if (message.kind === 'heap') this.#tellHeap(message.bytes);
    else if (message.kind === 'freezing') this.#tellFreezing();
    else if (message.kind === 'ready') this.#begin();
    else if (message.kind === 'compiled') keep(message.files);
    else if (message.kind === 'answered') {
      this.#askFor(message.fresh);
      this.#settle?.({ ok: true, payload: message.payload });
    } else if (message.requestId === undefined) this.#end(message.error, false);
    else this.#settle?.({ ok: false, error: message.error });
  }

  /** After its first answer most of the functions that a request calls are compiled. */
  #askFor(fresh: readonly string[]): void {
    const compile = fresh.filter((digest) => !asked.has(digest));
    if (compile.length === 0) return;
    for (const digest of compile) asked.add(digest);
    const question: ToWorker = { compile };
    this.#worker.postMessage(question);
  }

  #begin(): void {
    this.#initMs = performance.now() - this.#startedAt;
    this.#settleInit(undefined);
  }

  #crash(error: FunctionError): void {
    if (this.usable) this.options.onCrash(error);
    this.#end(error, true);
  }

  #end(error: FunctionError, logged: boolean): void {
    if (this.#ended) return;
    this.#ended = error;
    if (logged)
      this.options.onLog(JSON.stringify({ timestamp: new Date().toISOString(), level: 'ERROR', ...error }));
    this.#settleInit(error);
    this.#tellHeap(0);
    this.#tellFreezing();
    this.thaw();
    this.#settle?.({ ok: false, error });
    void this.#worker.terminate();
  }
}

function keep(compiled: CompiledFiles): void {
  for (const [digest, code] of compiled) files.set(digest, code);
  for (const oldest of [...files.keys()].slice(0, -FILES_AT_MOST)) files.delete(oldest);
}

function timedOut(requestId: string, ms: number, phase = ''): FunctionError {
  const errorMessage = `RequestId: ${requestId} Error: ${phase}Task timed out after ${(ms / 1000).toFixed(2)} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage };
}

function errorOf(error: Error): FunctionError {
  const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return {
    errorType: outOfMemory ? 'Runtime.OutOfMemory' : error.name,
    errorMessage: error.message,
    trace: error.stack?.split('\n') ?? [],
  };
}
