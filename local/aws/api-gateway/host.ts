// Hosts the HTTP APIs that the program declares.
import type { Connections, FaultPlan } from 'local-momento';
import type { DeclaredAws, DeclaredFunction } from '../declared';
import type { HostedFunction } from '../lambda/hosted-function';
import type { DeclaredHttpApi } from './declared';
import { HttpApi, type HttpApiOptions } from './http-api';

export interface HttpApiHostOptions
  extends Pick<HttpApiOptions, 'findIdentity' | 'now' | 'onCall' | 'onRequest'> {
  /** the port of the API of this name; 0 for any free one */
  portOf(name: string): number;
  findFunction(name: string): HostedFunction | undefined;
  /** an API wrote a line into its access log */
  onLog(log: { function: string; line: string }): void;
}

export class HttpApiHost {
  readonly #apis = new Map<string, HttpApi>();
  #faults: FaultPlan | undefined;

  constructor(private readonly options: HttpApiHostOptions) {}

  /** Asks the fault plan for the operation `HttpApi`, with the route's name as `url` and the request. */
  setFaults(plan: FaultPlan | undefined): void {
    this.#faults = plan;
  }

  /** The address of the API of that name. The first call reserves it; it stays the same. */
  async reserve(name: string): Promise<string> {
    const known = this.#apis.get(name);
    if (known) return known.url;
    const { portOf, findFunction, onLog, ...options } = this.options;
    const reserved = await HttpApi.reserve(name, {
      ...options,
      port: portOf(name),
      faultOf: (route, request) => this.#faults?.('HttpApi', { url: route, ...request }),
      onAccess: (line) => onLog({ function: name, line }),
    });
    this.#apis.set(name, reserved);
    return reserved.url;
  }

  /** Serves what the program declares at the same addresses. */
  async apply(
    declared: readonly DeclaredHttpApi[],
    { resourcePolicies }: Pick<DeclaredAws, 'resourcePolicies'>,
  ): Promise<void> {
    for (const one of declared) {
      await this.reserve(one.name);
      const target = { declared: one, find: this.options.findFunction, resourcePolicies };
      this.#apis.get(one.name)?.serve(target);
    }
    for (const [name, api] of this.#apis) {
      if (declared.some((one) => one.name === name)) continue;
      this.#apis.delete(name);
      await api.close();
    }
  }

  /** The function that an address of an API calls. */
  behind(address: unknown): DeclaredFunction | undefined {
    return [...this.#apis.values()].map((api) => api.behind(address)).find((hosted) => hosted)?.declared;
  }

  /** The connections of all APIs. */
  get connections(): Connections[] {
    return [...this.#apis.values()].map((api) => api.connections);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#apis.values()].map((api) => api.close()));
  }
}
