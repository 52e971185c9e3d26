// The relay as a Fargate service. Loaded only with delivery `relay`, because no other needs Crosswalk (@pulumi/awsx).
import * as aws from '@pulumi/aws';
import * as awsx from '@pulumi/awsx';
import * as pulumi from '@pulumi/pulumi';
import { type Metric, ofTasks } from './metrics';
import { findNetwork } from './network';
import { makeRelayAlarms } from './relay-alarms';
import { RelayImage } from './relay-image';
import { metricsNamespace, tags } from './tags';

/** On the task's loopback address, only for its health check. */
const HEALTH_PORT = 8080;
/** In seconds: how long ECS waits after SIGTERM. The relay ends within 25. */
const STOP_TIMEOUT = 30;

export interface RelayArgs {
  /** The folder with the Dockerfile and what it copies, relative to the program. */
  readonly context: string;
  readonly environment: Record<string, pulumi.Input<string>>;
  /** The task's permissions. */
  readonly statements: readonly aws.iam.PolicyStatement[];
  readonly logRetentionDays: number;
  /** Both, or neither for the default VPC. */
  readonly vpcId?: string;
  readonly subnetIds?: readonly string[];
  /** The topics that are notified of alarms. */
  readonly alarmActions: pulumi.Input<string>[];
}

/** One task that subscribes to the topic and calls the webhook. It listens to nothing. */
export class Relay extends pulumi.ComponentResource {
  readonly serviceName: pulumi.Output<string>;
  readonly clusterName: pulumi.Output<string>;
  /** Has one sample per minute for each running task. */
  readonly running: Metric;
  /** The alarms' ARNs, in the order in which to look at them. */
  readonly alarms: pulumi.Output<string>[];
  readonly #child: pulumi.CustomResourceOptions;

  constructor(
    private readonly name: string,
    args: RelayArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('momento-webhooks:index:Relay', name, {}, opts);
    this.#child = { parent: this };

    const network = pulumi.output(findNetwork(args.vpcId, args.subnetIds));
    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { retentionInDays: args.logRetentionDays, tags },
      this.#child,
    );
    const image = new RelayImage(name, args.context, this.#child);
    const task = this.#role('task', 'What the relay may do', args.statements);
    const execution = this.#role('execution', 'What is needed to start the relay', [
      ...image.pulling,
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: pulumi.interpolate`${logGroup.arn}:*`,
      },
    ]);
    const cluster = new aws.ecs.Cluster(name, { tags }, this.#child);
    const service = new awsx.ecs.FargateService(
      name,
      {
        cluster: cluster.arn,
        desiredCount: 1,
        // The new task takes over before the old one stops. Both deliver for a while, but each message is stored once.
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        networkConfiguration: {
          subnets: network.apply(({ subnetIds }) => [...subnetIds]),
          securityGroups: [this.#securityGroup(network.vpcId).id],
          assignPublicIp: network.isPublic,
        },
        propagateTags: 'SERVICE',
        tags,
        taskDefinitionArgs: {
          cpu: '256',
          memory: '512',
          runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
          taskRole: { roleArn: task.role.arn },
          executionRole: { roleArn: execution.role.arn },
          logGroup: { skip: true }, // it is declared above
          tags,
          container: {
            name,
            image: image.uri,
            essential: true,
            user: 'node',
            readonlyRootFilesystem: true,
            linuxParameters: { capabilities: { drop: ['ALL'] } },
            stopTimeout: STOP_TIMEOUT,
            healthCheck: {
              command: ['CMD', 'node', '/relay/index.js', '--health'], // in any working directory
              interval: 30,
              timeout: 10,
              retries: 3,
              startPeriod: 60,
            },
            environment: Object.entries({
              ...args.environment,
              AWS_REGION: logGroup.region,
              HEALTH_PORT: String(HEALTH_PORT),
              POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
              POWERTOOLS_SERVICE_NAME: name,
            }).map(([variable, value]) => ({ name: variable, value })),
            logConfiguration: {
              logDriver: 'awslogs',
              options: {
                'awslogs-group': logGroup.name,
                'awslogs-region': logGroup.region,
                'awslogs-stream-prefix': name,
                mode: 'non-blocking', // a log that cannot be written must not hold up deliveries
              },
            },
          },
        },
      },
      { parent: this, dependsOn: [task.policy, execution.policy] },
    );

    this.serviceName = service.service.name;
    this.clusterName = cluster.name;
    this.running = ofTasks(this.clusterName, this.serviceName);
    const { alarmActions } = args;
    this.alarms = makeRelayAlarms({ service: name, running: this.running, alarmActions }, this.#child);
    this.registerOutputs({ serviceName: this.serviceName, clusterName: this.clusterName });
  }

  #role(kind: 'task' | 'execution', what: string, statements: readonly aws.iam.PolicyStatement[]) {
    const name = `${this.name}-${kind}`;
    const account = aws.getCallerIdentityOutput({}, { parent: this }).accountId;
    const role = new aws.iam.Role(
      name,
      {
        description: `${what}: ${tags.project} (${tags.stack})`,
        assumeRolePolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Principal: { Service: 'ecs-tasks.amazonaws.com' },
              // Only for tasks of this account (Amazon ECS Developer Guide, "Amazon ECS task IAM role").
              Condition: { StringEquals: { 'aws:SourceAccount': account } },
            },
          ],
        },
        tags,
      },
      this.#child,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: { Version: '2012-10-17', Statement: [...statements] } },
      this.#child,
    );
    return { role, policy };
  }

  /** Nothing inbound. Outbound: gRPC to Momento, and HTTPS to the webhook and to AWS. */
  #securityGroup(vpcId: pulumi.Input<string>): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(
      this.name,
      {
        description: 'The relay listens to nothing, and calls over TLS alone',
        vpcId,
        ingress: [],
        egress: [
          {
            protocol: 'tcp',
            fromPort: 443,
            toPort: 443,
            cidrBlocks: ['0.0.0.0/0'],
            ipv6CidrBlocks: ['::/0'],
          },
        ],
        tags,
      },
      this.#child,
    );
  }
}
