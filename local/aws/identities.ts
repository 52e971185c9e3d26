// The callers of the local AWS: each function and task with its declared role, and one local user.
import { randomBytes } from 'node:crypto';
import { ACCOUNT_ID, REGION } from './account';
import type { DeclaredAws, DeclaredRole } from './declared';
import type { Identity } from './endpoint';
import { parsePolicy, trusts } from './iam';
import type { AccessKey } from './sigv4';

export class Identities {
  readonly user: Identity;
  #ofFunctions = new Map<string, Assumed>();
  #ofTasks = new Map<string, Assumed>();

  /**
   * @param services the application's, by their names in IAM: the local user may do anything there
   * @param key the local user's
   */
  constructor(services: readonly string[] = [], key = makeUserKey()) {
    const statements = [...MAY_INVOKE_AND_OPERATE, ...services.map((name) => allow(`${name}:*`, '*'))];
    this.user = {
      ...key,
      arn: `arn:aws:iam::${ACCOUNT_ID}:user/local`,
      statements: parsePolicy({ Version: '2012-10-17', Statement: statements }, 'the local user'),
    };
  }

  find(accessKeyId: string): Identity | undefined {
    if (accessKeyId === this.user.accessKeyId) return this.user;
    const assumed = [...this.#ofFunctions.values(), ...this.#ofTasks.values()];
    return assumed.find((one) => one.accessKeyId === accessKeyId);
  }

  /**
   * Gives each function its own key, which represents its role and stays the same when the role's policies change. Throws,
   * and changes nothing, if Lambda may not assume a function's role.
   */
  assume({ functions, roles }: Pick<DeclaredAws, 'functions' | 'roles'>): void {
    this.#ofFunctions = assumed(functions, roles, LAMBDA, this.#ofFunctions);
  }

  /** The same for ECS tasks. */
  assumeTasks(tasks: readonly Assuming[], roles: readonly DeclaredRole[]): void {
    this.#ofTasks = assumed(tasks, roles, ECS, this.#ofTasks);
  }

  ofFunction(name: string): Assumed {
    const identity = this.#ofFunctions.get(name);
    if (!identity) throw new Error(`no function ${name} has assumed a role`);
    return identity;
  }

  ofTask(name: string): Assumed {
    const identity = this.#ofTasks.get(name);
    if (!identity) throw new Error(`no task ${name} has assumed a role`);
    return identity;
  }
}

type Assumed = Identity & Required<AccessKey>;

/** A function or task, which runs under a role. */
interface Assuming {
  readonly name: string;
  readonly roleArn: string;
}

const LAMBDA = { principal: 'lambda.amazonaws.com', name: 'Lambda', runs: 'function' };
const ECS = { principal: 'ecs-tasks.amazonaws.com', name: 'ECS', runs: 'task' };
type Service = typeof LAMBDA;

function assumed(
  all: readonly Assuming[],
  roles: readonly DeclaredRole[],
  service: Service,
  before: ReadonlyMap<string, Assumed>,
): Map<string, Assumed> {
  return new Map(
    all.map((one): [string, Assumed] => {
      const role = roleOf(one, roles, service);
      const key = before.get(one.name) ?? makeTemporaryKey();
      const arn = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${role.name}/${one.name}`;
      return [one.name, { ...key, arn, statements: role.statements }];
    }),
  );
}

/** What a caller of the publisher needs (of its URL, which is AWS_IAM, both actions; or of its route), and what an operator of the queues needs. */
const FUNCTIONS = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:*`;
const MAY_INVOKE_AND_OPERATE = [
  allow('lambda:InvokeFunctionUrl', FUNCTIONS),
  allow('lambda:InvokeFunction', FUNCTIONS),
  allow('execute-api:Invoke', `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:*`),
  allow('sqs:*', `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:*`),
];

function allow(Action: string, Resource: string) {
  return { Effect: 'Allow', Action, Resource };
}

function roleOf({ name, roleArn }: Assuming, roles: readonly DeclaredRole[], service: Service): DeclaredRole {
  const role = roles.find(({ arn }) => arn === roleArn);
  if (role && trusts(role.trust, service.principal)) return role;
  const what = `${service.runs} ${name}: the role defined for the ${service.runs}`;
  throw new Error(`${what} cannot be assumed by ${service.name}: ${roleArn}`);
}

/** A made-up key of the local user. */
export function makeUserKey(): AccessKey {
  return makeKey('AKIA');
}

function makeTemporaryKey(): Required<AccessKey> {
  return { ...makeKey('ASIA'), sessionToken: randomBytes(48).toString('base64url') };
}

function makeKey(prefix: 'AKIA' | 'ASIA'): AccessKey {
  return {
    accessKeyId: prefix + randomBytes(8).toString('hex').toUpperCase(),
    secretAccessKey: randomBytes(20).toString('hex'), // without characters that a shell interprets
  };
}
