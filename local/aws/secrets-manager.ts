// The part of Secrets Manager that functions call: GetSecretValue, with versions and their staging labels.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { DeclaredSecret } from './declared';
import type { JsonService } from './endpoint';
import { AwsError } from './errors';

type Value = string | Uint8Array;
type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

interface Version {
  id: string;
  value: Value;
  createdAt: number;
}

interface Secret {
  arn: string;
  name: string;
  /** the value that the program declared last: only a different one makes a new version */
  declared: Value | undefined;
  staged: Partial<Record<Stage, Version>>;
}

const getSecretValueInput = v.object({
  SecretId: v.string(),
  VersionId: v.optional(v.string()),
  VersionStage: v.optional(v.string()),
});

export class SecretsManager {
  #secrets: Secret[] = [];

  constructor(private readonly now: () => number) {}

  /** Applies what the program declares. Versions that were put meanwhile stay; secrets that are no longer declared go. */
  declare(declared: readonly DeclaredSecret[]): void {
    this.#secrets = declared.map(({ arn, name, value }) => {
      const secret = this.#secrets.find((one) => one.arn === arn) ?? {
        arn,
        name,
        declared: undefined,
        staged: {},
      };
      if (value !== undefined && !sameValue(value, secret.declared)) {
        this.#put(secret, value);
        secret.declared = value;
      }
      return secret;
    });
  }

  /** Puts a new version: it becomes AWSCURRENT, and the current one AWSPREVIOUS. Returns the new version's id. */
  putSecretValue(secretId: string, value: Value): string {
    return this.#put(this.#find(secretId) ?? notFound(), value);
  }

  /** The current value, for the stack's owner. Throws if there is none, or if it is not text. */
  currentText(secretId: string): string {
    const value = this.#find(secretId)?.staged.AWSCURRENT?.value;
    if (typeof value !== 'string') throw new Error(`the secret ${secretId} has no text`);
    return value;
  }

  /** Answers GetSecretValue, as a service of the AWS endpoint. */
  readonly service: JsonService = {
    signingName: 'secretsmanager',
    targetPrefix: 'secretsmanager',
    operations: {
      GetSecretValue: (body, caller) => {
        const parsed = v.safeParse(getSecretValueInput, body);
        if (!parsed.success) throw new AwsError('ValidationException', parsed.issues[0].message);
        const { SecretId, VersionId, VersionStage } = parsed.output;
        const secret = this.#find(SecretId);
        caller.authorize('secretsmanager:GetSecretValue', secret?.arn ?? SecretId);
        const version = find(secret ?? notFound(), VersionId, VersionStage);
        const stages = Object.entries(secret?.staged ?? {}).filter(([, one]) => one === version);
        return {
          ARN: secret?.arn,
          Name: secret?.name,
          VersionId: version.id,
          ...(typeof version.value === 'string'
            ? { SecretString: version.value }
            : { SecretBinary: Buffer.from(version.value).toString('base64') }),
          VersionStages: stages.map(([stage]) => stage),
          CreatedDate: version.createdAt / 1000,
        };
      },
    },
  };

  #put(secret: Secret, value: Value): string {
    const { AWSCURRENT: current } = secret.staged;
    const version = { id: randomUUID(), value, createdAt: this.now() };
    secret.staged = { AWSCURRENT: version, ...(current ? { AWSPREVIOUS: current } : {}) };
    return version.id;
  }

  #find(secretId: string): Secret | undefined {
    return this.#secrets.find(({ arn, name }) => arn === secretId || name === secretId);
  }
}

function find(secret: Secret, versionId: string | undefined, stage: string | undefined): Version {
  const wanted = stage ?? (versionId === undefined ? 'AWSCURRENT' : undefined);
  const found = Object.entries(secret.staged).find(
    ([label, { id }]) =>
      (wanted === undefined || label === wanted) && (versionId === undefined || id === versionId),
  );
  return found?.[1] ?? notFound(versionId ? `VersionId: ${versionId}` : `staging label: ${wanted}`);
}

function notFound(which?: string): never {
  const what = which ? `the specified secret value for ${which}` : 'the specified secret.';
  throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find ${what}`);
}

function sameValue(one: Value, other: Value | undefined): boolean {
  return other !== undefined && Buffer.from(one).equals(Buffer.from(other));
}
