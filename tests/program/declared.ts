// What the program declares for a few typical stacks, evaluated once for all tests.
import assert from 'node:assert/strict';
import {
  type Declared,
  type DeclaredResource,
  evaluateProgram,
  type ProgramOptions,
} from '../../local/program';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Generated keys of both kinds; only tests know them. */
export const LEGACY_KEY = Buffer.from(
  JSON.stringify({ endpoint: 'cell-1-eu-west-1-1.prod.a.momentohq.com', api_key: 'legacy-key-of-the-tests' }),
).toString('base64');
export const V2_KEY = `${base64({ alg: 'EdDSA' })}.${base64({ t: 'g', id: 'v2-key-of-the-tests' })}.c2lnbmF0dXJl`;
export const SIGNING_SECRET = 'signing-secret-of-the-tests';
export const CERTIFICATE =
  'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666';
export const ENDPOINT = 'cell-4-us-west-2-1.prod.a.momentohq.com';

const STACKS = {
  /** The stack after the first `pulumi up`. */
  first: { secrets: { momentoApiKey: LEGACY_KEY } },
  /** The stack after the second. */
  connected: { secrets: { momentoApiKey: LEGACY_KEY, signingSecret: SIGNING_SECRET } },
  /** With every optional setting. */
  full: {
    stack: 'prod',
    config: {
      momentoEndpoint: ENDPOINT,
      delivery: 'webhook',
      cacheName: 'comments',
      topicName: 'chat',
      commentTtlSeconds: '3600',
      commentsPerCourse: '50',
      tokenTtlMinutes: '5',
      memoryMb: '1024',
      logRetentionDays: '90',
      reservedConcurrency: '20',
      alarmEmail: 'somebody@example.com',
    },
    secrets: { momentoApiKey: V2_KEY, signingSecret: SIGNING_SECRET },
  },
  /** With its calls recorded by X-Ray. */
  traced: { config: { tracing: 'true' }, secrets: { momentoApiKey: LEGACY_KEY } },
  /** Delivered by the relay instead of by Momento. */
  relayed: {
    config: { delivery: 'relay', alarmEmail: 'somebody@example.com' },
    secrets: { momentoApiKey: LEGACY_KEY, signingSecret: SIGNING_SECRET },
  },
  /** With API Gateway in front. */
  api: { config: { front: 'http-api' }, secrets: { momentoApiKey: LEGACY_KEY } },
  /** The same, with every setting of API Gateway. */
  domain: {
    config: {
      front: 'http-api',
      throttleRate: '7',
      throttleBurst: '9',
      domainName: 'comments.example.com',
      certificateArn: CERTIFICATE,
      logRetentionDays: '90',
      alarmEmail: 'somebody@example.com',
    },
    secrets: { momentoApiKey: LEGACY_KEY, signingSecret: SIGNING_SECRET },
  },
  preview: { secrets: { momentoApiKey: LEGACY_KEY }, preview: true },
} satisfies Record<string, ProgramOptions>;

export type StackName = keyof typeof STACKS;

const evaluations = new Map<StackName, Promise<Declared>>();

export function declared(name: StackName): Promise<Declared> {
  const evaluation = evaluations.get(name) ?? evaluateProgram(STACKS[name]);
  evaluations.set(name, evaluation);
  return evaluation;
}

/** The one resource of this type and logical name. */
export function resource({ resources }: Declared, type: string, name: string): DeclaredResource {
  const [found, ...others] = resources.filter((each) => each.type === type && each.name === name);
  assert(found && others.length === 0, `one ${type} is named ${name}`);
  return found;
}

export function resourcesOf({ resources }: Declared, type: string): DeclaredResource[] {
  return resources.filter((each) => each.type === type);
}

/** An input or a computed property that must be a text. */
export function text(properties: Record<string, unknown>, key: string): string {
  const value = properties[key];
  assert(typeof value === 'string', `${key} is a text`);
  return value;
}

/** The policy document of a role or role policy, whichever way it is written. */
export function statements(document: unknown): Record<string, unknown>[] {
  const parsed: unknown = typeof document === 'string' ? JSON.parse(document) : document;
  assert(parsed && typeof parsed === 'object' && 'Statement' in parsed && Array.isArray(parsed.Statement));
  return parsed.Statement;
}
