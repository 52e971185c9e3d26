// Observes the resources of a stack in AWS after each step of its life.
import assert from 'node:assert/strict';
import {
  alarms,
  allowedTo,
  callersOf,
  dashboard,
  type deployedFunction,
  describedSecret,
  functionsOf,
  mappingsTo,
  queueAt,
  retentionOf,
  secretValue,
  trustedBy,
  urlOf,
} from './cloud';
import type { Stack } from './stack';

export interface Seen {
  readonly outputs: Record<string, string>;
  /** By their logical names. */
  readonly functions: Record<Name, Awaited<ReturnType<typeof deployedFunction>>>;
  readonly urls: Record<Guarded | 'webhook', Awaited<ReturnType<typeof urlOf>>>;
  readonly callers: Record<Name, Awaited<ReturnType<typeof callersOf>>>;
  readonly allowed: Record<Name, Awaited<ReturnType<typeof allowedTo>>>;
  readonly apiKey: string | undefined;
  readonly previousApiKey: string | undefined;
  readonly signingSecret: string | undefined;
  readonly previousSigningSecret: string | undefined;
}

type Guarded = 'publisher' | 'tokens';
type Name = Guarded | 'webhook' | 'redrive';

/** The resources of a stack in AWS. */
export async function look(stack: Stack): Promise<Seen> {
  const outputs: Record<string, string> = {};
  for (const [name, value] of Object.entries(await stack.outputs())) outputs[name] = String(value);
  const all = await functionsOf(stack.name);
  const named = (name: Name) => {
    const [found, ...others] = all.filter(({ FunctionName = '' }) => FunctionName.startsWith(`${name}-`));
    assert(found && others.length === 0, `one function is the ${name}`);
    return found;
  };
  const functions = {
    webhook: named('webhook'),
    redrive: named('redrive'),
    publisher: named('publisher'),
    tokens: named('tokens'),
  };
  assert.equal(all.length, 4, 'there is no other function');
  const nameOf = (name: Name) => String(functions[name].FunctionName);
  const allowed = (name: Name) => allowedTo(String(functions[name].Role));
  const { API_KEY_SECRET_ARN = '', SIGNING_SECRET_ARN = '' } = functions.webhook.Environment?.Variables ?? {};
  return {
    outputs,
    functions,
    urls: {
      webhook: await urlOf(nameOf('webhook')),
      publisher: await urlOf(nameOf('publisher')),
      tokens: await urlOf(nameOf('tokens')),
    },
    callers: {
      webhook: await callersOf(nameOf('webhook')),
      redrive: await callersOf(nameOf('redrive')),
      publisher: await callersOf(nameOf('publisher')),
      tokens: await callersOf(nameOf('tokens')),
    },
    allowed: {
      webhook: await allowed('webhook'),
      redrive: await allowed('redrive'),
      publisher: await allowed('publisher'),
      tokens: await allowed('tokens'),
    },
    apiKey: await secretValue(API_KEY_SECRET_ARN),
    previousApiKey: await secretValue(API_KEY_SECRET_ARN, 'AWSPREVIOUS'),
    signingSecret: await secretValue(SIGNING_SECRET_ARN),
    previousSigningSecret: await secretValue(SIGNING_SECRET_ARN, 'AWSPREVIOUS'),
  };
}

/** The log group in a role's first statement. */
export function logGroupOf(writeLogs: Record<string, unknown> | undefined): string {
  return /:log-group:(.+):\*$/.exec(String(writeLogs?.Resource))?.[1] ?? '';
}

export type Closely = Awaited<ReturnType<typeof lookClosely>>;

/** The resources besides the functions. */
export async function lookClosely({ outputs, functions, allowed }: Seen) {
  const { API_KEY_SECRET_ARN = '', SIGNING_SECRET_ARN = '' } = functions.webhook.Environment?.Variables ?? {};
  const roles = Object.values(functions).map(({ Role = '' }) => Role);
  return {
    retentions: await Promise.all(Object.values(allowed).map(([logs]) => retentionOf(logGroupOf(logs)))),
    trusted: await Promise.all(roles.map(trustedBy)),
    queue: await queueAt(outputs.redriveQueueUrl ?? ''),
    deadLetterQueue: await queueAt(outputs.deadLetterQueueUrl ?? ''),
    mappings: await mappingsTo(String(functions.redrive.FunctionName)),
    alarms: await alarms(),
    dashboard: await dashboard(outputs.dashboardUrl?.split('/').at(-1) ?? ''),
    secrets: await Promise.all([API_KEY_SECRET_ARN, SIGNING_SECRET_ARN].map(describedSecret)),
  };
}
