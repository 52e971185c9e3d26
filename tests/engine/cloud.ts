// Asks the AWS API itself what exists: the tests check AWS, not what Pulumi believes.
import assert from 'node:assert/strict';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { gateways } from './api-gateway';
import { containers } from './containers';
import { securityGroups } from './ec2';

const lambda = new LambdaClient({});
const secretsManager = new SecretsManagerClient({});
const iam = new IAMClient({});
const logs = new CloudWatchLogsClient({});
const cloudWatch = new CloudWatchClient({});
const sqs = new SQSClient({});

/** The names of all existing resources of the kinds that the program makes. */
export async function everything(): Promise<string[]> {
  const [functions, mappings, secrets, roles, groups, alarms, dashboards, queues, walls, ofRelay, ofGateway] =
    await Promise.all([
      lambda.send(new ListFunctionsCommand({})),
      lambda.send(new ListEventSourceMappingsCommand({})),
      secretsManager.send(new ListSecretsCommand({ IncludePlannedDeletion: true })),
      iam.send(new ListRolesCommand({})),
      logs.send(new DescribeLogGroupsCommand({})),
      cloudWatch.send(new DescribeAlarmsCommand({})),
      cloudWatch.send(new ListDashboardsCommand({})),
      sqs.send(new ListQueuesCommand({})),
      securityGroups(),
      containers(),
      gateways(),
    ]);
  const named = (kind: string, names: (string | undefined)[] = []) => names.map((name) => `${kind} ${name}`);
  return [
    ...named(
      'function',
      functions.Functions?.map((each) => each.FunctionName),
    ),
    ...named(
      'mapping',
      mappings.EventSourceMappings?.map((each) => each.UUID),
    ),
    ...named(
      'secret',
      secrets.SecretList?.map((each) => each.Name),
    ),
    ...named(
      'role',
      roles.Roles?.map((each) => each.RoleName),
    ),
    ...named(
      'log group',
      groups.logGroups?.map((each) => each.logGroupName),
    ),
    ...named(
      'alarm',
      alarms.MetricAlarms?.map((each) => each.AlarmName),
    ),
    ...named(
      'dashboard',
      dashboards.DashboardEntries?.map((each) => each.DashboardName),
    ),
    ...named('queue', queues.QueueUrls),
    ...named('security group', walls),
    ...ofRelay,
    ...ofGateway,
  ].sort();
}

export async function deployedFunction(name: string) {
  const { Configuration, Concurrency, Tags } = await lambda.send(
    new GetFunctionCommand({ FunctionName: name }),
  );
  assert(Configuration);
  return { ...Configuration, reserved: Concurrency?.ReservedConcurrentExecutions, tags: Tags };
}

/** The functions of a stack, by their tags, with their current code, settings and roles. */
export async function functionsOf(stack: string) {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const all = await Promise.all(Functions.map(({ FunctionName = '' }) => deployedFunction(FunctionName)));
  return all.filter(({ tags }) => tags?.stack === stack);
}

export async function urlOf(name: string) {
  const { AuthType, FunctionUrl } = await lambda.send(
    new GetFunctionUrlConfigCommand({ FunctionName: name }),
  );
  return { AuthType, FunctionUrl };
}

/** The statements of a function's own policy, without their ids: who may call it besides the callers that IAM allows. */
export async function callersOf(name: string): Promise<{ id: string; statement: Record<string, unknown> }[]> {
  try {
    const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName: name }));
    const { Statement }: { Statement: Record<string, unknown>[] } = JSON.parse(Policy);
    return Statement.map(({ Sid, Resource, ...statement }) => ({ id: String(Sid), statement }));
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
    throw error;
  }
}

/** A secret's value; undefined if the secret has no such version. */
export async function secretValue(
  arn: string,
  stage: 'AWSCURRENT' | 'AWSPREVIOUS' = 'AWSCURRENT',
): Promise<string | undefined> {
  try {
    const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: stage });
    return (await secretsManager.send(command)).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

export async function retentionOf(logGroup: string): Promise<number | undefined> {
  const found = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroup }));
  return found.logGroups?.find((each) => each.logGroupName === logGroup)?.retentionInDays;
}

/** The statements of a role's one policy. */
export async function allowedTo(roleArn: string): Promise<Record<string, unknown>[]> {
  const RoleName = roleArn.split('/').at(-1);
  const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  assert.deepEqual(attached.AttachedPolicies, [], 'no managed policy');
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  assert.equal(PolicyNames.length, 1);
  const { PolicyDocument = '' } = await iam.send(
    new GetRolePolicyCommand({ RoleName, PolicyName: PolicyNames[0] }),
  );
  return JSON.parse(decodeURIComponent(PolicyDocument)).Statement;
}

/** Who may assume a role. */
export async function trustedBy(roleArn: string): Promise<Record<string, unknown>[]> {
  const found = await iam.send(new GetRoleCommand({ RoleName: roleArn.split('/').at(-1) }));
  return JSON.parse(decodeURIComponent(found.Role?.AssumeRolePolicyDocument ?? '')).Statement;
}

export async function describedSecret(arn: string) {
  const { Description, Tags, DeletedDate } = await secretsManager.send(
    new DescribeSecretCommand({ SecretId: arn }),
  );
  return {
    Description,
    DeletedDate,
    tags: Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value])),
  };
}

export async function queueAt(url: string) {
  const asked = { QueueUrl: url };
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ ...asked, AttributeNames: ['All'] }),
  );
  const { Tags } = await sqs.send(new ListQueueTagsCommand(asked));
  return { ...Attributes, tags: Tags };
}

/** The event sources of a function. */
export async function mappingsTo(functionName: string) {
  const found = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: functionName }));
  return found.EventSourceMappings ?? [];
}

export async function alarms() {
  return (await cloudWatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? [];
}

/** A dashboard's body, as text. */
export async function dashboard(name: string): Promise<string> {
  return (await cloudWatch.send(new GetDashboardCommand({ DashboardName: name }))).DashboardBody ?? '';
}

/** As somebody could in AWS's console. */
export async function deleteFunction(name: string): Promise<void> {
  await lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
}
