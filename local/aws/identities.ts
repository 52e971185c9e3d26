// Who may call the local AWS: each function as its declared role, and one local user.
import { randomBytes } from 'node:crypto';
import { ACCOUNT_ID, REGION } from './account';
import type { DeclaredAws, DeclaredFunction, DeclaredRole } from './declared';
import type { Identity } from './endpoint';
import { parsePolicy, trusts } from './iam';
import type { AccessKey } from './sigv4';

export class Identities {
  readonly user: Identity = {
    ...makeKey('AKIA'),
    arn: `arn:aws:iam::${ACCOUNT_ID}:user/local`,
    statements: parsePolicy(MAY_INVOKE_AND_OPERATE, 'the local user'),
  };
  #ofFunctions = new Map<string, Identity & Required<AccessKey>>();

  find(accessKeyId: string): Identity | undefined {
    if (accessKeyId === this.user.accessKeyId) return this.user;
    return [...this.#ofFunctions.values()].find((one) => one.accessKeyId === accessKeyId);
  }

  /**
   * Gives each function a key of its own, which stands for its role and stays the same when the role's policies change.
   * Throws, and changes nothing, where Lambda may not assume a function's role.
   */
  assume({ functions, roles }: Pick<DeclaredAws, 'functions' | 'roles'>): void {
    const identities = functions.map((declared): [string, Identity & Required<AccessKey>] => {
      const role = roleOf(declared, roles);
      const key = this.#ofFunctions.get(declared.name) ?? makeTemporaryKey();
      const arn = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${role.name}/${declared.name}`;
      return [declared.name, { ...key, arn, statements: role.statements }];
    });
    this.#ofFunctions = new Map(identities);
  }

  ofFunction(name: string): Identity & Required<AccessKey> {
    const identity = this.#ofFunctions.get(name);
    if (!identity) throw new Error(`no function ${name} has assumed a role`);
    return identity;
  }
}

/** What a caller of the publisher needs (both actions, as its URL is AWS_IAM), and who looks after the queues. */
const MAY_INVOKE_AND_OPERATE = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'],
      Resource: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:*`,
    },
    { Effect: 'Allow', Action: 'sqs:*', Resource: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:*` },
  ],
};

function roleOf({ name, roleArn }: DeclaredFunction, roles: readonly DeclaredRole[]): DeclaredRole {
  const role = roles.find(({ arn }) => arn === roleArn);
  if (role && trusts(role.trust, 'lambda.amazonaws.com')) return role;
  throw new Error(
    `function ${name}: the role defined for the function cannot be assumed by Lambda: ${roleArn}`,
  );
}

function makeTemporaryKey(): Required<AccessKey> {
  return { ...makeKey('ASIA'), sessionToken: randomBytes(48).toString('base64url') };
}

function makeKey(prefix: 'AKIA' | 'ASIA'): AccessKey {
  return {
    accessKeyId: prefix + randomBytes(8).toString('hex').toUpperCase(),
    secretAccessKey: randomBytes(20).toString('hex'), // nothing in it that a shell would read
  };
}
