import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { tags } from './tags';

export interface SecretArgs {
  readonly description: string;
}

/** A secret in Secrets Manager. Until it holds a value, it has no version. */
export class Secret extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    args: SecretArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('momento-webhooks:index:Secret', name, {}, opts);
    const secret = new aws.secretsmanager.Secret(
      name,
      // The value's source is the stack's configuration or Momento, so there is nothing to recover after a destroy.
      { description: args.description, recoveryWindowInDays: 0, tags },
      { parent: this },
    );
    this.arn = secret.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /** @param value a secret output */
  hold(value: pulumi.Output<string>): void {
    new aws.secretsmanager.SecretVersion(
      this.name,
      { secretId: this.arn, secretString: value },
      // Deleting a replaced version would remove its label AWSPREVIOUS, but the functions accept it for a while.
      { parent: this, retainOnDelete: true },
    );
  }
}

/** The policy statement for reading exactly these secrets. */
export function readSecrets(...secrets: readonly Secret[]): aws.iam.PolicyStatement {
  return {
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource: secrets.map((secret) => secret.arn),
  };
}
