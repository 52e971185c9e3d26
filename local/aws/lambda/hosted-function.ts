// A declared function on this machine: it keeps as many warm instances as its concurrent requests have needed.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Clock } from '../clock';
import type { DeclaredFunction } from '../declared';
import { AwsError } from '../errors';
import { type Unpacked, unpack } from './archive';
import { Instance } from './instance';
import type { FunctionError, Outcome } from './protocol';

/** Lambda's limit for the event and the result of a call. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
/** The most instances of a function that reserves no concurrency. If all are busy, a request waits for one. */
const LOCAL_INSTANCES = 10;

/** All that an instance needs: the declared settings, and the environment that follows from them. */
export interface HostedCode {
  declared: DeclaredFunction;
  environment: Record<string, string>;
}

export interface HostedFunctionOptions {
  /** an existing folder for the functions' files, with a folder per version; the caller removes it */
  folder: string;
  clock: Clock;
  /** @param initMs in an instance's first invocation, how long its initialisation took */
  onLog(line: string, initMs?: number): void;
  onCrash(error: FunctionError): void;
}

interface Version extends Unpacked {
  code: HostedCode;
  idle: Instance[];
  busy: Set<Instance>;
  /** including those that are about to end */
  all: Set<Instance>;
}

export class HostedFunction {
  #version: Version;
  #waiting: (() => void)[] = [];
  /** the current one, and old ones whose last instance has not ended yet */
  readonly #versions = new Set<Version>();
  #closed = false;

  constructor(
    code: HostedCode,
    private readonly options: HostedFunctionOptions,
  ) {
    this.#version = this.#unpack(code);
  }

  get code(): HostedCode {
    return this.#version.code;
  }

  get declared(): DeclaredFunction {
    return this.#version.code.declared;
  }

  /**
   * Invokes it with an event. The outcome is the function's own answer or error, as JSON.
   * Throws AwsError: TooManyRequestsException beyond the reserved concurrency, RequestTooLargeException.
   * @param onInit is told how long the initialisation took, in milliseconds, if the invocation is an instance's first
   */
  async invoke(event: unknown, onInit: (ms: number) => void = () => undefined): Promise<Outcome> {
    const payload = JSON.stringify(event);
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) {
      const message = `Request must be smaller than ${MAX_PAYLOAD_BYTES} bytes for the InvokeFunction operation`;
      throw new AwsError('RequestTooLargeException', message, 413);
    }
    const { version, instance } = await this.#take();
    try {
      const outcome = await instance.invoke(randomUUID(), payload, onInit);
      return outcome.ok && Buffer.byteLength(outcome.payload) > MAX_PAYLOAD_BYTES
        ? responseTooLarge
        : outcome;
    } finally {
      this.#give(version, instance);
    }
  }

  /**
   * Starts an instance ahead of its first request, as Lambda does with provisioned concurrency. Resolves with how long its
   * initialisation took, in milliseconds. Throws if it failed.
   */
  async initialise(): Promise<number> {
    const version = this.#version;
    const instance = this.#start(version);
    const initialised = await instance.initialise(randomUUID());
    this.#give(version, instance);
    if (typeof initialised === 'number') return initialised;
    throw new Error(`${this.declared.name}: ${initialised.errorType}: ${initialised.errorMessage}`);
  }

  /** Initialises instances until there are this many, or as many as it may have. Throws if one cannot be. */
  async warm(instances: number): Promise<void> {
    const { idle, busy } = this.#version;
    const missing = Math.min(instances, this.#mostInstances) - idle.length - busy.size;
    await Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.initialise()));
  }

  /** Serves later requests with other code or settings. Running requests finish with the old ones. */
  swap(code: HostedCode): void {
    const old = this.#version;
    this.#version = this.#unpack(code);
    for (const instance of old.idle.splice(0)) this.#drop(old, instance);
    this.#forgetUnused(old);
    for (const next of this.#waiting.splice(0)) next();
  }

  /** Freezes its idle instances, each until its next request. Resolves when they are frozen. */
  async freeze(): Promise<void> {
    await Promise.all(this.#version.idle.map((instance) => instance.freeze()));
  }

  /** Thaws frozen instances. */
  thaw(): void {
    for (const instance of this.#version.all) instance.thaw();
  }

  /** The bytes of heap in use in each idle instance, after a garbage collection. */
  heapUsed(): Promise<number[]> {
    return Promise.all(this.#version.idle.map((instance) => instance.heapUsed()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const next of this.#waiting.splice(0)) next();
    const instances = [...this.#versions].flatMap(({ all }) => [...all]);
    await Promise.all(instances.map((instance) => instance.terminate()));
    for (const version of this.#versions) this.#forget(version);
  }

  get #mostInstances(): number {
    return this.declared.reservedConcurrency ?? LOCAL_INSTANCES;
  }

  async #take(): Promise<{ version: Version; instance: Instance }> {
    for (;;) {
      if (this.#closed) throw new AwsError('ServiceException', 'The local stack is closing.', 500);
      const version = this.#version;
      const free = version.idle.pop();
      if (free?.usable === false) {
        this.#drop(version, free);
        continue;
      }
      if (free || version.busy.size < this.#mostInstances) {
        const instance = free ?? this.#start(version);
        version.busy.add(instance);
        return { version, instance };
      }
      if (this.declared.reservedConcurrency !== undefined)
        throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
      await new Promise<void>((next) => this.#waiting.push(next));
    }
  }

  #give(version: Version, instance: Instance): void {
    version.busy.delete(instance);
    if (instance.usable && version === this.#version && !this.#closed) version.idle.push(instance);
    else this.#drop(version, instance);
    this.#waiting.shift()?.();
  }

  #start(version: Version): Instance {
    const { code, task, file, exportName } = version;
    const { declared, environment: given } = code;
    const environment = { ...given, LAMBDA_TASK_ROOT: task };
    const day = new Date(this.options.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const boot = {
      file,
      exportName,
      functionName: declared.name,
      functionArn: declared.arn,
      memoryMb: declared.memoryMb,
      logGroup: declared.logGroup,
      logStream: `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
      logFormat: declared.logFormat,
      logLevel: declared.logLevel,
      callbacksRefused: declared.runtime === 'nodejs24.x',
    };
    const timeoutMs = declared.timeoutSeconds * 1000;
    const { clock, onLog, onCrash } = this.options;
    const instance = new Instance({ boot, environment, timeoutMs, clock, onLog, onCrash });
    version.all.add(instance);
    return instance;
  }

  #drop(version: Version, instance: Instance): void {
    void instance.terminate().finally(() => {
      version.all.delete(instance);
      this.#forgetUnused(version);
    });
  }

  #forgetUnused(version: Version): void {
    if (version !== this.#version && version.all.size === 0) this.#forget(version);
  }

  #forget(version: Version): void {
    this.#versions.delete(version);
    rmSync(version.task, { recursive: true, force: true });
  }

  #unpack(code: HostedCode): Version {
    const files = unpack(code.declared, this.options.folder);
    const version: Version = { code, ...files, idle: [], busy: new Set(), all: new Set() };
    this.#versions.add(version);
    return version;
  }
}

const responseTooLarge: Outcome = {
  ok: false,
  error: {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`,
  },
};
