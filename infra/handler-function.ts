import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { metricsNamespace, tags } from './tags';

/** Momento waits 5 s for a webhook. The webhook answers within 4 s; the rest is for a cold start. */
export const TIMEOUT_SECONDS = 10;

export interface HandlerFunctionArgs {
  readonly description: string;
  /** Holds `index.mjs`, which exports `handler`. */
  readonly code: pulumi.asset.Archive;
  readonly environment: Record<string, pulumi.Input<string>>;
  /** Its permissions, besides writing its own logs. */
  readonly statements: readonly aws.iam.PolicyStatement[];
  readonly memoryMb: number;
  readonly logRetentionDays: number;
  /** Whether AWS X-Ray records its calls. */
  readonly tracing: boolean;
  readonly reservedConcurrency?: number;
}

/** A handler's Lambda function with its own role and log group. */
export class HandlerFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly functionArn: pulumi.Output<string>;

  constructor(name: string, args: HandlerFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super('momento-webhooks:index:HandlerFunction', name, {}, opts);
    const parent = { parent: this };

    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { retentionInDays: args.logRetentionDays, tags },
      parent,
    );
    const role = new aws.iam.Role(
      name,
      {
        description: `What the function ${name} of ${tags.project} (${tags.stack}) may do`,
        assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: 'lambda.amazonaws.com' }),
        tags,
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: {
          Version: '2012-10-17',
          Statement: [writeLogs(logGroup), ...(args.tracing ? [writeTraces] : []), ...args.statements],
        },
      },
      parent,
    );
    const lambda = new aws.lambda.Function(
      name,
      {
        description: args.description,
        role: role.arn,
        runtime: 'nodejs24.x',
        architectures: ['arm64'],
        handler: 'index.handler',
        code: args.code,
        timeout: TIMEOUT_SECONDS,
        memorySize: args.memoryMb,
        environment: {
          variables: {
            ...args.environment,
            POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
            POWERTOOLS_SERVICE_NAME: name,
          },
        },
        // Leaves out the platform's three lines per request, which anybody can cause on a public URL.
        loggingConfig: { logFormat: 'JSON', logGroup: logGroup.name, systemLogLevel: 'WARN' },
        // Always set: if it were left out, the provider would keep its last value.
        tracingConfig: { mode: args.tracing ? 'Active' : 'PassThrough' },
        reservedConcurrentExecutions: args.reservedConcurrency,
        tags,
      },
      { parent: this, dependsOn: [policy] }, // the first request may come as soon as the function exists
    );

    this.functionName = lambda.name;
    this.functionArn = lambda.arn;
    this.registerOutputs({ functionName: this.functionName, functionArn: this.functionArn });
  }
}

function writeLogs(logGroup: aws.cloudwatch.LogGroup): aws.iam.PolicyStatement {
  return {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: pulumi.interpolate`${logGroup.arn}:*`, // the streams of this group
  };
}

/** X-Ray has no resources to name (AWS's Service Authorization Reference). */
const writeTraces: aws.iam.PolicyStatement = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};
