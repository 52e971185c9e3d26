// AWS's answers for each type of resource that the program can make. An unknown type is an error, so that no output is
// silently undefined.
import { createHash } from 'node:crypto';
import type { MockedResource } from '../application';

export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';

/** The addresses that whoever evaluates the program may choose. */
export type Addressed = 'functionUrl' | 'httpApiUrl' | 'queueUrl';

export type AskUrl = (ask: Addressed, name: string) => Promise<string | undefined>;

export type MakeInMomento = (
  kind: 'cache' | 'webhook',
  inputs: Record<string, unknown>,
) => Promise<Answer | undefined>;

interface Registration {
  readonly type: string;
  readonly name: string;
  readonly project: string;
  readonly stack: string;
  readonly inputs: Record<string, unknown>;
  readonly askUrl: AskUrl;
  readonly makeInMomento: MakeInMomento;
  /** For the types that the application adds to the program's own. */
  readonly ofApplication?: Readonly<Record<string, MockedResource>>;
}

interface Subject extends Registration {
  /** The physical name: the requested one, or the one that Pulumi.yaml has Pulumi make. */
  readonly physical: string;
  /** Hexadecimal digits, different for each resource and the same each time. */
  readonly digits: string;
}

interface Answer {
  readonly id: string;
  readonly [property: string]: unknown;
}

/** The id and the state of a new resource. Throws on a type that is not mocked. */
export async function mockedState(registration: Registration) {
  const mock = MOCKS[registration.type] ?? registration.ofApplication?.[registration.type];
  if (!mock) {
    const where = "an application's own types belong under resources in its local.ts";
    throw new Error(`${registration.name} is a ${registration.type}, which is not mocked: ${where}`);
  }
  const { type, name, project, stack, inputs } = registration;
  const digits = createHash('sha256').update(`${stack} ${type} ${name}`).digest('hex');
  const wanted = inputs.name;
  const physical = typeof wanted === 'string' ? wanted : [project, stack, name, digits.slice(0, 7)].join('-');
  const { id, ...computed } = await mock({ ...registration, physical, digits });
  return { id, state: { ...inputs, ...computed } };
}

/** Whether it belongs to a component that a plug-in makes. */
export function isRemote(type: string): boolean {
  return type.startsWith('awsx:');
}

/** AWS's answers to calls of the program: an account with a default VPC of two public subnets. Throws on other calls. */
export function mockedAnswer(token: string, inputs: Record<string, unknown>) {
  const answer = ANSWERS[token];
  if (!answer)
    throw new Error(
      `the program calls ${token}, which is not mocked: add its answer to local/program/mocks.ts`,
    );
  return { id: REGION, region: REGION, ...answer(JSON.stringify(inputs)) };
}

const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const VPC_ID = 'vpc-0123456789abcdef0';
const SUBNET_IDS = ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'];

const ANSWERS: Record<string, (inputs: string) => Record<string, unknown>> = {
  'aws:ec2/getVpcs:getVpcs': () => ({ ids: [VPC_ID] }),
  'aws:ec2/getSubnets:getSubnets': () => ({ ids: SUBNET_IDS }),
  // No subnet has a route table of its own, and the VPC's leads to an internet gateway.
  'aws:ec2/getRouteTables:getRouteTables': (inputs) => ({
    ids: inputs.includes('association.subnet-id') ? [] : ['rtb-0123456789abcdef3'],
  }),
  'aws:ecr/getAuthorizationToken:getAuthorizationToken': () => ({
    proxyEndpoint: `https://${REGISTRY}`,
    userName: 'AWS',
    password: 'token-of-the-registry',
  }),
  // Each evaluation is a stack's first.
  'pulumi:pulumi:readStackOutputs': () => ({ outputs: {} }),
  'aws:index/getCallerIdentity:getCallerIdentity': () => ({ accountId: ACCOUNT }),
};

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

const MOCKS: Record<string, (subject: Subject) => Answer | Promise<Answer>> = {
  'aws:apigatewayv2/api:Api': ({ physical, digits }) => {
    const id = digits.slice(0, 10);
    return {
      id,
      name: physical,
      arn: `arn:aws:apigateway:${REGION}::/apis/${id}`,
      apiEndpoint: `https://${id}.execute-api.${REGION}.amazonaws.com`,
      executionArn: arn('execute-api', id),
    };
  },
  'aws:apigatewayv2/apiMapping:ApiMapping': ({ digits }) => ({ id: digits.slice(0, 6) }),
  'aws:apigatewayv2/domainName:DomainName': ({ inputs, digits }) => ({
    id: String(inputs.domainName),
    arn: `arn:aws:apigateway:${REGION}::/domainnames/${inputs.domainName}`,
    domainNameConfiguration: {
      ...Object(inputs.domainNameConfiguration),
      hostedZoneId: 'Z1UJRXOUMOOFQ8',
      targetDomainName: `d-${digits.slice(0, 10)}.execute-api.${REGION}.amazonaws.com`,
    },
  }),
  'aws:apigatewayv2/integration:Integration': ({ digits }) => ({ id: digits.slice(0, 7) }),
  'aws:apigatewayv2/route:Route': ({ digits }) => ({ id: digits.slice(0, 7) }),
  'aws:apigatewayv2/stage:Stage': async ({ name, inputs, askUrl }) => ({
    id: String(inputs.name),
    arn: `arn:aws:apigateway:${REGION}::/apis/${inputs.apiId}/stages/${inputs.name}`,
    executionArn: arn('execute-api', `${inputs.apiId}/${inputs.name}`),
    invokeUrl:
      (await askUrl('httpApiUrl', name)) ?? `https://${inputs.apiId}.execute-api.${REGION}.amazonaws.com/`,
  }),
  'aws:cloudwatch/dashboard:Dashboard': ({ inputs }) => ({
    id: String(inputs.dashboardName),
    dashboardArn: `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${inputs.dashboardName}`,
  }),
  'aws:cloudwatch/logGroup:LogGroup': ({ physical }) => ({
    id: physical,
    name: physical,
    arn: arn('logs', `log-group:${physical}`),
    region: REGION,
  }),
  'aws:cloudwatch/metricAlarm:MetricAlarm': ({ physical }) => ({
    id: physical,
    name: physical,
    arn: arn('cloudwatch', `alarm:${physical}`),
  }),
  'aws:ec2/securityGroup:SecurityGroup': ({ physical, digits }) => {
    const id = `sg-${digits.slice(0, 17)}`;
    return { id, name: physical, arn: arn('ec2', `security-group/${id}`) };
  },
  'aws:ecr/lifecyclePolicy:LifecyclePolicy': ({ inputs }) => ({ id: String(inputs.repository) }),
  'aws:ecr/repository:Repository': ({ physical }) => ({
    id: physical,
    name: physical,
    arn: arn('ecr', `repository/${physical}`),
    repositoryUrl: `${REGISTRY}/${physical}`,
  }),
  'aws:ecs/cluster:Cluster': ({ physical }) => ({
    id: arn('ecs', `cluster/${physical}`),
    name: physical,
    arn: arn('ecs', `cluster/${physical}`),
  }),
  'aws:iam/role:Role': ({ physical, digits }) => ({
    id: physical,
    name: physical,
    arn: `arn:aws:iam::${ACCOUNT}:role/${physical}`,
    uniqueId: `AROA${digits.slice(0, 17).toUpperCase()}`,
  }),
  'aws:iam/rolePolicy:RolePolicy': ({ physical, inputs }) => ({
    id: `${inputs.role}:${physical}`,
    name: physical,
  }),
  'aws:lambda/eventSourceMapping:EventSourceMapping': ({ digits }) => {
    const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
    return { id: uuid, uuid, arn: arn('lambda', `event-source-mapping:${uuid}`) };
  },
  'aws:lambda/function:Function': ({ physical }) => {
    const functionArn = arn('lambda', `function:${physical}`);
    return {
      id: physical,
      name: physical,
      arn: functionArn,
      version: '$LATEST',
      qualifiedArn: `${functionArn}:$LATEST`,
      invokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    };
  },
  'aws:lambda/functionUrl:FunctionUrl': async ({ name, inputs, digits, askUrl }) => {
    const urlId = digits.slice(0, 32);
    const given = await askUrl('functionUrl', name);
    return {
      id: String(inputs.functionName),
      functionArn: arn('lambda', `function:${inputs.functionName}`),
      functionUrl: given ?? `https://${urlId}.lambda-url.${REGION}.on.aws/`,
      urlId,
    };
  },
  'aws:lambda/permission:Permission': ({ physical, inputs }) => {
    const statementId = typeof inputs.statementId === 'string' ? inputs.statementId : physical;
    return { id: statementId, statementId };
  },
  'aws:secretsmanager/secret:Secret': ({ physical, digits }) => {
    const secretArn = arn('secretsmanager', `secret:${physical}-${digits.slice(-6)}`);
    return { id: secretArn, name: physical, arn: secretArn };
  },
  'aws:secretsmanager/secretVersion:SecretVersion': ({ inputs, digits }) => ({
    id: `${inputs.secretId}|${digits.slice(0, 32)}`,
    arn: inputs.secretId,
    versionId: digits.slice(0, 32),
    versionStages: ['AWSCURRENT'],
  }),
  'aws:sns/topic:Topic': ({ physical }) => ({
    id: arn('sns', physical),
    name: physical,
    arn: arn('sns', physical),
  }),
  'aws:sns/topicSubscription:TopicSubscription': ({ inputs, digits }) => ({
    id: `${inputs.topic}:${digits.slice(0, 32)}`,
    arn: `${inputs.topic}:${digits.slice(0, 32)}`,
  }),
  'aws:sqs/queue:Queue': async ({ name, physical, askUrl }) => {
    const given = await askUrl('queueUrl', name);
    const url = given ?? `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${physical}`;
    return { id: url, url, name: physical, arn: arn('sqs', physical) };
  },
  // A component: on an engine its plug-in makes its parts. Here it is one resource.
  'awsx:ecs:FargateService': ({ physical }) => ({ id: '', service: { name: physical } }),
  'docker-build:index:Image': ({ digits }) => ({ id: `sha256:${digits}`, digest: `sha256:${digits}` }),
  'pulumi-nodejs:dynamic/momento:Cache': async ({ inputs, makeInMomento }) =>
    (await makeInMomento('cache', inputs)) ?? { id: String(inputs.cacheName) },
  'pulumi-nodejs:dynamic/momento:Webhook': async ({ inputs, digits, makeInMomento }) =>
    (await makeInMomento('webhook', inputs)) ?? {
      id: `${inputs.cacheName}/${inputs.webhookName}`,
      signingSecret: digits.slice(0, 32),
    },
};
