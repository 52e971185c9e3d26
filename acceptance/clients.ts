// Clients of AWS with the caller's own credentials. The run checks AWS itself, not what Pulumi believes.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { AccessKey } from '../local/aws/sigv4';

export interface Clients {
  readonly cloudWatch: CloudWatchClient;
  readonly ecs: ECSClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly secrets: SecretsManagerClient;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  /** A Lambda client with these credentials. Without credentials, its calls are unsigned. */
  lambdaAs(credentials: AccessKey | undefined): LambdaClient;
}

/** The settings of all clients. The SDK finds missing ones as the AWS CLI does. */
export interface Where {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: AccessKey;
}

export function clientsIn(where: Where): Clients {
  return {
    cloudWatch: new CloudWatchClient(where),
    ecs: new ECSClient(where),
    iam: new IAMClient(where),
    lambda: new LambdaClient(where),
    logs: new CloudWatchLogsClient(where),
    secrets: new SecretsManagerClient(where),
    sqs: new SQSClient(where),
    sts: new STSClient(where),
    tagging: new ResourceGroupsTaggingAPIClient(where),
    lambdaAs: (credentials) => lambdaAs(credentials, where),
  };
}

/** A Lambda client with these credentials. Without credentials, its calls are unsigned. */
function lambdaAs(credentials: AccessKey | undefined, where: Where): LambdaClient {
  if (credentials) return new LambdaClient({ ...where, credentials });
  const nobody = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };
  return new LambdaClient({ ...where, credentials: nobody, signer: { sign: async (request) => request } });
}
