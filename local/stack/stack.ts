// The options of a stack on this machine, and its operations.
import type { EventEmitter } from 'node:events';
import type { ConnectionFault, FaultPlan, Momento, MomentoOptions } from 'local-momento';
import type { Access, LocalApplication } from '../application';
import type { Clock } from '../aws/clock';
import type { DeclaredFunction } from '../aws/declared';
import type { AwsEndpoint } from '../aws/endpoint';
import type { AnsweredRequest } from '../aws/lambda/function-url';
import type { FunctionError } from '../aws/lambda/protocol';
import type { SecretsManager } from '../aws/secrets-manager';
import type { AccessKey } from '../aws/sigv4';
import type { Sqs } from '../aws/sqs';
import type { SigningName } from '../commands/signed-fetch';

/** The services to which connections can die: Momento, AWS (with the tasks' credentials), and the functions' URLs or API. */
export const CONNECTED_SERVICES = ['momento', 'aws', 'urls'] as const;
export type ConnectedService = (typeof CONNECTED_SERVICES)[number];

export interface StackOptions {
  /** The port of the server of this name: `aws`, `momento`, or a Function URL's or an API's. 0, the default: any free one. */
  portOf?: (name: string) => number;
  /** The local user's key. Default: a made-up one. */
  user?: AccessKey;
  /** The stack whose `Pulumi.<stack>.yaml` has the settings. Default: `dev`. */
  stack?: string;
  /** The folder of the program. Default: this project. */
  folder?: string;
  /** Settings that replace those of the file; keys without a namespace get the project's. */
  config?: Record<string, string>;
  /** Secrets that replace made-up ones: `momentoApiKey`, `signingSecret` (then Momento is not connected). */
  secrets?: Record<string, string>;
  faults?: FaultPlan;
  /** Additional variables for the relay's process. */
  relayEnvironment?: Record<string, string>;
  momento?: Omit<MomentoOptions, 'port' | 'apiKeys' | 'faults' | 'now'>;
}

/** The events of the functions; the relay's log lines are among them. Momento has its own events. */
export interface StackEvents {
  /** `initMs`: in an instance's first invocation, how long its initialisation took. */
  log: [{ function: string; line: string; initMs?: number }];
  crash: [{ function: string; error: FunctionError }];
  call: [{ url: string; method: string }];
  request: [AnsweredRequest];
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
  /** The local user's, who may invoke every function. */
  readonly credentials: AccessKey;
  /** The service for which calls of the publisher and the token service are signed. */
  readonly signingName: SigningName;
  readonly apiKey: string;
  readonly cacheName: string;
  readonly topicName: string;
  /** The folder of the application, its part of the local stack, and the access to read what it did. */
  readonly applicationFolder: string;
  readonly application: LocalApplication;
  readonly access: Access;
  /** The hosted functions. */
  functionNamed(output: string): DeclaredFunction;
  /** Invokes a function by its name and returns its handler's result. Throws if the function failed. */
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  /**
   * Initialises instances of the function that an output names until there are this many, or as many as it may have. Rejects if
   * one cannot be initialised.
   */
  warm(output: string, instances: number): Promise<void>;
  /** Resolves when no message of a queue is being handled. */
  queuesIdle(): Promise<void>;
  /** Bytes of heap in use in each idle instance of the function that an output names. */
  heapUsed(output: string): Promise<number[]>;
  setFaults(plan: FaultPlan | undefined): void;
  /** The clock of the services, the functions and the relay. It can be set forward. */
  readonly clock: Clock;
  /** Kills the connections that are open now, to all services or to some. Later ones are healthy. */
  killConnections(how: ConnectionFault, services?: readonly ConnectedService[]): void;
  /** Freezes all idle instances of functions, each until its next request. Resolves when they are frozen. */
  freeze(): Promise<void>;
  /** Thaws all frozen instances. */
  thaw(): void;
  /** Only with delivery `relay`. */
  readonly relay: RunningRelay | undefined;
  /**
   * Evaluates the program again, swaps in what changed, and returns the names of the changed functions and tasks. Rejects,
   * and changes nothing, if the program fails, AWS would refuse a resource, a task does not start to work, or Momento would
   * have to be connected in another way.
   */
  reload(): Promise<string[]>;
  close(): Promise<void>;
}

export interface RunningRelay {
  /** Kills it at once (SIGKILL). Resolves when its replacement has subscribed. */
  kill(): Promise<void>;
  /** Stops its process (SIGSTOP) until it is thawed. */
  freeze(): void;
  thaw(): void;
}
