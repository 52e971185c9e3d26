// What a row can use to decide its claim.
import type { CredentialProvider } from '@gomomento/sdk';
import type { AccessKey } from '../local/aws/sigv4';
import type { SigningName } from '../local/commands/signed-fetch';
import type { Clients } from './clients';
import { Undecidable } from './errors';
import type { Deployed, Update } from './pulumi';
import type { Waiting } from './waiting';

/** The stack that a run made for itself. */
export interface DeployedStack {
  readonly name: string;
  set(key: string, value: string, options?: { readonly secret?: boolean }): Promise<void>;
  /** Throws UpdateFailed. */
  up(): Promise<Update>;
  /** Throws UpdateFailed. */
  destroy(): Promise<Update>;
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  resources(): Promise<readonly Deployed[]>;
}

/** The program's files, in the run's own copy. */
export interface Sources {
  replace(file: string, text: string): void;
  restore(): void;
}

/** What rows note for later rows, and for the next run. */
export interface Facts {
  /** Throws Undecidable if no row noted it. */
  get(name: string): string;
  set(name: string, value: string): void;
}

export interface Context {
  readonly aws: Clients;
  readonly region: string;
  /** The caller's. */
  readonly credentials: () => Promise<AccessKey>;
  readonly momento: { readonly credentialProvider: CredentialProvider; readonly cacheName: string };
  readonly stack: DeployedStack;
  readonly sources: Sources;
  readonly facts: Facts;
  /** When the stack was made, in milliseconds since the epoch. */
  readonly since: number;
  readonly waitFor: Waiting;
  readonly say: (line: string) => void;
  /** Makes a role without permissions, which the run removes at the end. Returns its ARN. */
  readonly makeRole: (trustPolicy: string) => Promise<string>;
}

const TYPES = {
  alarm: 'aws:cloudwatch/metricAlarm:MetricAlarm',
  dashboard: 'aws:cloudwatch/dashboard:Dashboard',
  function: 'aws:lambda/function:Function',
  logGroup: 'aws:cloudwatch/logGroup:LogGroup',
  role: 'aws:iam/role:Role',
  secret: 'aws:secretsmanager/secret:Secret',
  service: 'aws:ecs/service:Service',
  cluster: 'aws:ecs/cluster:Cluster',
} as const;

export type Kind = keyof typeof TYPES;

/** The AWS ids of all resources of a kind, by their names in the program. Throws Undecidable if there are none. */
export async function idsOf(
  stack: Pick<DeployedStack, 'resources'>,
  kind: Kind,
): Promise<Map<string, string>> {
  const found = (await stack.resources()).filter(({ type }) => type === TYPES[kind]);
  if (found.length === 0) throw new Undecidable(`the stack has no ${kind}`);
  return new Map(found.map(({ name, id }) => [name, id]));
}

/** The AWS id of one resource. Throws Undecidable if it is missing. */
export async function idOf(
  stack: Pick<DeployedStack, 'resources'>,
  kind: Kind,
  name: string,
): Promise<string> {
  const id = (await idsOf(stack, kind)).get(name);
  if (id === undefined) throw new Undecidable(`the stack has no ${kind} ${name}`);
  return id;
}

/** Throws Undecidable if the stack has no such output. */
export async function outputOf(stack: Pick<DeployedStack, 'outputs'>, name: string): Promise<string> {
  const value = (await stack.outputs())[name];
  if (typeof value !== 'string') throw new Undecidable(`the stack has no output ${name}`);
  return value;
}

/** The service for which calls of the publisher and the token service are signed. */
export async function signingNameOf(stack: Pick<DeployedStack, 'outputs'>): Promise<SigningName> {
  return (await stack.outputs()).apiId === undefined ? 'lambda' : 'execute-api';
}
