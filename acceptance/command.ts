// The flags of `npm run acceptance`, and the whole run: it asks, makes the stack, decides the rows, and removes everything.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { parse } from 'yaml';
import { apiKeyKind } from '../handlers/core/api-key';
import { parseFlags, UsageError } from '../local/commands/flags';
import { accessFromEnvironment } from '../local/commands/momento-access';
import { reasonOf } from './calling';
import { type Clients, clientsIn } from './clients';
import type { Context } from './context';
import { decideAll } from './deciding';
import { Undecidable } from './errors';
import { MINUTES, plan } from './plan';
import { hasSettings, ProjectCopy } from './project-copy';
import { Pulumi } from './pulumi';
import { removeAll } from './removing';
import { allRows } from './rows';
import { State } from './state';
import { exitStatus, table } from './table';
import { taggedWith } from './tagged';
import { systemClock, waitingBy } from './waiting';

const USAGE = `Usage: npm run acceptance -- --stack NAME [--region REGION] [--yes]

Makes a stack of its own in your AWS account, checks there what no test on one machine can, prints a table, and removes
what it made. Before it begins, it lists what it makes and what that costs, and asks. The same command continues a run
that was interrupted.

  --stack NAME      a name that none of your stacks has
  --region REGION   default: AWS_REGION, or AWS_DEFAULT_REGION
  --yes             do not ask

  MOMENTO_API_KEY    an API key that may create and delete caches, publish, subscribe and vend tokens
  MOMENTO_ENDPOINT   the endpoint of the key's region; only for a v2 key

It uses the AWS credentials that the AWS CLI would use. The stack's state goes where your pulumi keeps it.
Exit status: 0 all held, 1 something failed or was left behind, 2 wrong use, 3 nothing failed but not all is decided.`;

const PROJECT = resolve(__dirname, '..');
/** Git ignores it. */
const FOLDER = join(PROJECT, '.acceptance');

export interface Terminal {
  print(line: string): void;
  /** Undefined if there is no terminal to ask at. */
  readonly ask?: (question: string) => Promise<string>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Returns the exit status. Throws UsageError. */
export async function run(args: string[], { print, ask, signal }: Terminal): Promise<number> {
  const flags = parseFlags(args, {
    stack: { type: 'string' },
    region: { type: 'string', default: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION },
    yes: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  });
  if (flags.help) {
    print(USAGE);
    return 0;
  }
  const { stack, region: asked } = flags;
  if (stack === undefined || !/^[\w.-]{1,60}$/.test(stack)) {
    throw new UsageError(
      '--stack is missing: 1 to 60 letters, digits and . _ -, a name that none of your stacks has',
    );
  }
  const credentialProvider = accessFromEnvironment();
  const cacheName = `acceptance-${randomBytes(6).toString('hex')}`;
  const state = State.open(join(FOLDER, stack), { region: asked ?? '', cacheName });
  const { region } = state.run;
  if (!region) throw new UsageError('set AWS_REGION or --region: the region to make the stack in');
  if (asked && asked !== region) throw new UsageError(`the interrupted run is in ${region}, not in ${asked}`);

  const aws = clientsIn({ region });
  const { Account: account = '', Arn: caller = '' } = await identityOf(aws);
  const project = projectName();
  if (!state.isContinued) await refuseToTouch({ stack, project }, aws);
  print(plan({ stack, project, account, caller, region, cacheName: state.run.cacheName }));
  if (state.isContinued)
    print(`\nThe run continues: ${Object.keys(state.run.verdicts).length} rows are decided.`);
  if (!flags.yes) {
    if (!ask) throw new UsageError('there is no terminal to ask at: add --yes');
    if (!/^y(es)?$/i.test((await ask('\nContinue? [y/N] ')).trim())) {
      print('Nothing was made.');
      return 3;
    }
  }

  const say = (line: string) => print(`${new Date().toTimeString().slice(0, 8)}  ${line}`);
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(MINUTES * 60_000)]);
  const copy = new ProjectCopy(join(state.folder, 'project'));
  const pulumi = new Pulumi({ folder: copy.folder, stack, say, signal: bounded });
  const rows = allRows(project);
  let left: string[];
  try {
    await make(pulumi, state);
    const context: Context = {
      aws,
      region,
      credentials: defaultProvider(),
      momento: { credentialProvider, cacheName: state.run.cacheName },
      stack: stackOf(pulumi, stack),
      sources: copy,
      facts: factsOf(state),
      since: state.run.since,
      waitFor: waitingBy(systemClock(bounded), say),
      say,
      makeRole: (trustPolicy) => makeRole(trustPolicy, stack, state, aws),
    };
    await decideAll(rows, context, { state, say, signal: bounded });
  } finally {
    if (bounded.aborted) say('the run is interrupted; it first removes what it made');
    left = await removeAll({ state, pulumi, aws, stack, folder: copy.folder, say });
    if (left.length > 0) print(['', 'LEFT BEHIND:', ...left].join('\n'));
    else if (Object.keys(state.run.verdicts).length === 0) state.forget();
  }
  const { verdicts } = state.run;
  print(`\n${table(rows, verdicts)}`);
  const isOver = rows.every(({ name }) => name in verdicts);
  if (isOver && left.length === 0) state.forget();
  else print(`\nThe same command continues with the open rows; to start over, delete ${state.folder}`);
  return left.length > 0 ? 1 : exitStatus(rows, verdicts);
}

/** Throws UsageError if the caller has no credentials. */
async function identityOf({ sts }: Clients) {
  return sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    throw new UsageError(`AWS does not know the caller: ${reasonOf(error)}`);
  });
}

/** Throws UsageError if a stack of this name may exist: the run removes its stack at the end. */
async function refuseToTouch(names: { stack: string; project: string }, aws: Clients): Promise<void> {
  if (hasSettings(names.stack)) {
    throw new UsageError(`Pulumi.${names.stack}.yaml exists: choose a name that none of your stacks has`);
  }
  const [found] = await taggedWith(names, aws);
  if (found) throw new UsageError(`${found} has the tags of a stack ${names.stack}: choose another name`);
}

function projectName(): string {
  return String(parse(readFileSync(join(PROJECT, 'Pulumi.yaml'), 'utf8')).name);
}

/** Makes the stack with its settings. What an earlier run made stays. */
async function make(pulumi: Pulumi, state: State): Promise<void> {
  if (!state.run.made) {
    await pulumi.init();
    state.change({ made: true, since: Date.now() });
  }
  if (state.run.done.length > 0) return;
  const { MOMENTO_API_KEY: apiKey = '', MOMENTO_ENDPOINT: endpoint } = process.env;
  await pulumi.set('aws:region', state.run.region);
  await pulumi.set('momentoApiKey', apiKey, { secret: true });
  if (endpoint && apiKeyKind(apiKey) === 'v2') await pulumi.set('momentoEndpoint', endpoint);
  await pulumi.set('signingSecret', randomBytes(32).toString('hex'), { secret: true });
  await pulumi.set('cacheName', state.run.cacheName);
  await pulumi.set('deleteCache', 'true');
  await pulumi.set('logRetentionDays', '1');
}

function stackOf(pulumi: Pulumi, name: string): Context['stack'] {
  return {
    name,
    set: (...args) => pulumi.set(...args),
    up: () => pulumi.up(),
    destroy: () => pulumi.destroy(),
    outputs: () => pulumi.outputs(),
    resources: () => pulumi.resources(),
  };
}

function factsOf(state: State): Context['facts'] {
  return {
    get(name) {
      const value = state.run.facts[name];
      if (value === undefined) throw new Undecidable(`no earlier row noted ${name}`);
      return value;
    },
    set: (name, value) => state.remember(name, value),
  };
}

/** Noted before it is made, so that it is always removed. */
async function makeRole(trust: string, stack: string, state: State, aws: Clients): Promise<string> {
  const RoleName = `acceptance-${randomBytes(6).toString('hex')}`;
  state.change({ roles: [...state.run.roles, RoleName] });
  const { Role } = await aws.iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: trust,
      Description: 'Has no permissions, and is denied: npm run acceptance',
      Tags: [{ Key: 'acceptance', Value: stack }],
    }),
  );
  if (!Role?.Arn) throw new Undecidable('CreateRole returned no ARN');
  return Role.Arn;
}
