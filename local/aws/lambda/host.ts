// Hosts the Lambda functions that the program declares, and their URLs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Connections, FaultPlan } from 'local-momento';
import { ACCOUNT_ID, REGION } from '../account';
import type { Clock } from '../clock';
import type { DeclaredAws, DeclaredFunction } from '../declared';
import { decide } from '../iam';
import type { Identities } from '../identities';
import { handlerOf } from './archive';
import { checkEnvironment, environmentOf } from './environment';
import { type AnsweredRequest, FunctionUrl } from './function-url';
import { HostedFunction } from './hosted-function';
import type { FunctionError } from './protocol';

export interface FunctionHostOptions {
  identities: Identities;
  /** a function's variables besides the declared ones: the addresses of its AWS and its Momento */
  local: Record<string, string>;
  /** the port for the URL of this name; 0 for any free one */
  portOf(name: string): number;
  clock: Clock;
  /** a function wrote a line into its log group */
  onLog(log: { function: string; line: string; initMs?: number }): void;
  /** an instance of a function ended by itself */
  onCrash(crash: { function: string; error: FunctionError }): void;
  /** a request came in */
  onCall(call: { url: string; method: string }): void;
  /** a request was answered */
  onRequest(request: AnsweredRequest): void;
}

export class FunctionHost {
  readonly #functions = new Map<string, HostedFunction>();
  readonly #urls = new Map<string, FunctionUrl>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'momento-webhooks-'));
  readonly #removeFolder = () => rmSync(this.#folder, { recursive: true, force: true });

  #faults: FaultPlan | undefined;

  constructor(private readonly options: FunctionHostOptions) {
    process.once('exit', this.#removeFolder); // also if nobody calls close()
  }

  /** Asks the fault plan for the operation `FunctionUrl`, with the URL's name as `url` and the request. */
  setFaults(plan: FaultPlan | undefined): void {
    this.#faults = plan;
  }

  /** The address of the Function URL of that name. The first call reserves it; it stays the same. */
  async reserveUrl(name: string): Promise<string> {
    const { portOf, onCall, onRequest, clock, identities } = this.options;
    const known = this.#urls.get(name);
    if (known) return known.url;
    const findIdentity = (accessKeyId: string) => identities.find(accessKeyId);
    const reserved = await FunctionUrl.reserve(name, {
      port: portOf(name),
      findIdentity,
      now: clock.now,
      onCall,
      onRequest,
      faultOf: (request) => this.#faults?.('FunctionUrl', { url: name, ...request }),
    });
    this.#urls.set(name, reserved);
    return reserved.url;
  }

  /**
   * Applies what the program declares: new code and settings serve later requests at the same addresses. Returns the names
   * of the new and changed functions; the others keep their warm instances.
   * Throws, and changes nothing, if AWS would refuse a function or a URL.
   */
  async apply(declared: DeclaredAws): Promise<string[]> {
    const { identities, local, clock } = this.options;
    checkFunctions(declared);
    identities.assume(declared);
    const codes = declared.functions.map((one) => ({
      declared: one,
      environment: environmentOf(one, identities.ofFunction(one.name), local),
    }));
    const changed = codes.filter(
      (code) => !isDeepStrictEqual(code, this.#functions.get(code.declared.name)?.code),
    );
    for (const code of changed) {
      const { name } = code.declared;
      const hosted = this.#functions.get(name);
      if (hosted) hosted.swap(code);
      else {
        const onLog = (line: string, initMs?: number) => this.#log(name, line, initMs);
        const onCrash = (error: FunctionError) => this.options.onCrash({ function: name, error });
        const options = { folder: this.#folder, clock, onLog, onCrash };
        this.#functions.set(name, new HostedFunction(code, options));
      }
    }
    for (const url of declared.urls) {
      await this.reserveUrl(url.name);
      const hosted = this.#functions.get(url.functionName);
      if (!hosted) continue; // checked above
      const resourcePolicy = declared.resourcePolicies.get(url.functionName) ?? [];
      this.#urls.get(url.name)?.serve({ declared: url, hosted, resourcePolicy });
    }
    await this.#dropUndeclared(declared);
    return changed.map(({ declared: { name } }) => name);
  }

  find(name: string): HostedFunction | undefined {
    return this.#functions.get(name);
  }

  /** The function that a URL (its address) calls. */
  behind(address: unknown): DeclaredFunction | undefined {
    return [...this.#urls.values()].find(({ url }) => url === address)?.function;
  }

  /** The connections of all URLs. */
  get connections(): Connections[] {
    return [...this.#urls.values()].map((url) => url.connections);
  }

  /** Freezes all idle instances, each until its next request, as Lambda does. Resolves when they are frozen. */
  async freeze(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((hosted) => hosted.freeze()));
  }

  /** Thaws all frozen instances. */
  thaw(): void {
    for (const hosted of this.#functions.values()) hosted.thaw();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#urls.values(), ...this.#functions.values()].map((one) => one.close()));
    this.#removeFolder();
    process.off('exit', this.#removeFolder);
  }

  /** As in AWS, a line is kept only if the function's role may write it. */
  #log(name: string, line: string, initMs?: number): void {
    const declared = this.#functions.get(name)?.declared;
    if (!declared) return;
    const resource = `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${declared.logGroup}:log-stream:any`;
    const { statements } = this.options.identities.ofFunction(name);
    const may = ['logs:CreateLogStream', 'logs:PutLogEvents'].every(
      (action) => decide(statements, { action, resource }) === 'allowed',
    );
    if (may) this.options.onLog({ function: name, line, ...(initMs !== undefined && { initMs }) });
  }

  async #dropUndeclared(declared: DeclaredAws): Promise<void> {
    const functions = new Set(declared.functions.map(({ name }) => name));
    const urls = new Set(declared.urls.map(({ name }) => name));
    for (const [name, hosted] of this.#functions) {
      if (functions.has(name)) continue;
      this.#functions.delete(name);
      await hosted.close();
    }
    for (const [name, url] of this.#urls) {
      if (urls.has(name)) continue;
      this.#urls.delete(name);
      await url.close();
    }
  }
}

/** Throws if AWS would refuse a function or a URL. Does not check the functions' roles. */
export function checkFunctions({ functions, urls }: Pick<DeclaredAws, 'functions' | 'urls'>): void {
  for (const one of functions) {
    checkEnvironment(one);
    handlerOf(one);
  }
  for (const { name, functionName } of urls) {
    if (functions.some((one) => one.name === functionName)) continue;
    throw new Error(`URL ${name}: the program declares no function ${functionName}`);
  }
}
