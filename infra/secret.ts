import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { tags } from './tags';

export interface SecretArgs {
  readonly description: string;
  /** A secret output. Without it the secret is made and stays empty: it has no version. */
  readonly value?: pulumi.Output<string>;
}

/** A secret in Secrets Manager whose value comes from the stack's configuration. */
export class Secret extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: SecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super('momento-webhooks:index:Secret', name, {}, opts);
    const secret = new aws.secretsmanager.Secret(
      name,
      // The value's source is the stack's configuration, so there is nothing to recover after a destroy.
      { description: args.description, recoveryWindowInDays: 0, tags },
      { parent: this },
    );
    if (args.value) {
      new aws.secretsmanager.SecretVersion(
        name,
        { secretId: secret.arn, secretString: args.value },
        // Deleting a replaced version would take its label AWSPREVIOUS, and the functions accept it for a while.
        { parent: this, retainOnDelete: true },
      );
    }
    this.arn = secret.arn;
    this.registerOutputs({ arn: this.arn });
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
