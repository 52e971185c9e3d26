// What a stack on this machine is started with, and what can be done with it.
import type { EventEmitter } from 'node:events';
import type { Momento, MomentoOptions } from 'local-momento';
import type { ConnectionFault, FaultPlan } from 'local-momento/faults';
import type { Access, LocalApplication } from '../application';
import type { Clock } from '../aws/clock';
import type { DeclaredFunction } from '../aws/declared';
import type { AwsEndpoint } from '../aws/endpoint';
import type { FunctionError } from '../aws/lambda/protocol';
import type { SecretsManager } from '../aws/secrets-manager';
import type { AccessKey } from '../aws/sigv4';
import type { Sqs } from '../aws/sqs';

/** To what connections may die: Momento, AWS (the credentials of tasks with it), and the functions' URLs. */
export const CONNECTED_SERVICES = ['momento', 'aws', 'urls'] as const;
export type ConnectedService = (typeof CONNECTED_SERVICES)[number];

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
  /** What the relay's process is told besides. */
  relayEnvironment?: Record<string, string>;
  momento?: Omit<MomentoOptions, 'port' | 'apiKeys' | 'faults' | 'now'>;
}

/** What happens in the functions (and the relay, whose lines stand among theirs); what happens in Momento its own events tell. */
export interface StackEvents {
  log: [{ function: string; line: string }];
  crash: [{ function: string; error: FunctionError }];
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
  /** The folder of the application, what it says of this machine, and with what to read what it did. */
  readonly applicationFolder: string;
  readonly application: LocalApplication;
  readonly access: Access;
  /** The functions as they are hosted now. */
  functionNamed(output: string): DeclaredFunction;
  /** Invokes a function by its name and gives what its handler returned. Throws where the function failed. */
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  /** Resolves when no message of a queue is being handled. */
  queuesIdle(): Promise<void>;
  /** Bytes of heap in use in each idle instance of the function that an output names. */
  heapUsed(output: string): Promise<number[]>;
  setFaults(plan: FaultPlan | undefined): void;
  /** That of the services, the functions and the relay, which can be set forward. */
  readonly clock: Clock;
  /** Lets the connections die that are open now, to all services or to some. Later ones are healthy. */
  killConnections(how: ConnectionFault, services?: readonly ConnectedService[]): void;
  /** Freezes all idle instances of functions, each until its next request. Resolves when they stand still. */
  freeze(): Promise<void>;
  /** Lets all frozen instances go on. */
  thaw(): void;
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
  /** Its process stands still (SIGSTOP) until it is thawed. */
  freeze(): void;
  thaw(): void;
}
