// What delivery `relay` adds to the stack. Here, each of Crosswalk's components is one resource: their plug-in creates what
// is inside them. So their arguments are checked completely.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { evaluateProgram } from '../../local/program';
import { copyProgram } from '../copy';
import { declared, LEGACY_KEY, resource, SIGNING_SECRET, statements } from './declared';

const PROJECT = path.resolve(__dirname, '../..');
const TAGS = { project: 'momento-webhooks', stack: 'dev' };
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const ROLE = 'aws:iam/role:Role';
const REPOSITORY = 'aws:ecr/repository:Repository';
const IMAGE = 'docker-build:index:Image';

const relayed = () => declared('relayed');
const one = async (type: string, name = 'relay') => resource(await relayed(), type, name);
const arn = async (type: string, name = 'relay') => (await one(type, name)).state.arn;

describe('the relay', () => {
  it('adds these resources and no others', async () => {
    const key = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;
    const before = new Set((await declared('connected')).resources.map(key));
    const added = (await relayed()).resources.map(key).filter((each) => !before.has(each));
    assert.deepEqual(added, [
      'aws:cloudwatch/logGroup:LogGroup relay',
      `${ALARM} relay-checkpoint`,
      `${ALARM} relay-lag`,
      `${ALARM} relay-malformed`,
      `${ALARM} relay-missed`,
      `${ALARM} relay-not-running`,
      'aws:ec2/securityGroup:SecurityGroup relay',
      'aws:ecr/lifecyclePolicy:LifecyclePolicy relay',
      'aws:ecr/repository:Repository relay',
      'aws:ecs/cluster:Cluster relay',
      `${ROLE} relay-execution`,
      `${ROLE} relay-task`,
      'aws:iam/rolePolicy:RolePolicy relay-execution',
      'aws:iam/rolePolicy:RolePolicy relay-task',
      'aws:sns/topic:Topic alarms',
      'aws:sns/topicSubscription:TopicSubscription alarms',
      'awsx:ecs:FargateService relay',
      'docker-build:index:Image relay',
      'momento-webhooks:index:Relay relay',
    ]);
  });

  it('removes only the alarm of the webhook’s throttles: the relay calls again, Momento does not', async () => {
    const key = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;
    const after = new Set((await relayed()).resources.map(key));
    const gone = (await declared('connected')).resources.map(key).filter((each) => !after.has(each));
    assert.deepEqual(gone, [`${ALARM} webhook-throttles`]);
  });

  it('delivers no more at the same time than the webhook may run, and no more than 32', async () => {
    for (const [reservedConcurrency, expected] of [
      ['5', '5'],
      ['500', '32'],
      [undefined, '32'],
    ] as const) {
      const { resources } = await evaluateProgram({
        config: { delivery: 'relay', ...(reservedConcurrency && { reservedConcurrency }) },
        secrets: { momentoApiKey: LEGACY_KEY, signingSecret: SIGNING_SECRET },
      });
      const service = resources.find(({ type }) => type === 'awsx:ecs:FargateService');
      assert(JSON.stringify(service?.inputs).includes(`{"name":"IN_FLIGHT","value":"${expected}"}`));
    }
  });

  it('has a health check that finds its file from any folder', async () => {
    const dockerfile = readFileSync(path.join(PROJECT, 'Dockerfile'), 'utf8');
    const [, folder = ''] = /^WORKDIR (\S+)$/m.exec(dockerfile) ?? [];
    const [, file = ''] = /^COPY .*?(\S+)$/m.exec(dockerfile) ?? [];
    const { inputs } = await one('awsx:ecs:FargateService');
    const command = ['CMD', 'node', path.posix.join(folder, file), '--health'];
    assert(path.posix.isAbsolute(command[2] ?? ''));
    assert(JSON.stringify(inputs).includes(JSON.stringify({ command }).slice(1, -1)));
  });

  it('is one Fargate task on ARM64, whose successor starts before it stops, and which is rolled back', async () => {
    const { taskDefinitionArgs, ...service } = (await one('awsx:ecs:FargateService')).inputs;
    assert.deepEqual(service, {
      cluster: await arn('aws:ecs/cluster:Cluster'),
      desiredCount: 1,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      networkConfiguration: {
        subnets: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
        securityGroups: [(await one('aws:ec2/securityGroup:SecurityGroup')).id],
        assignPublicIp: true,
      },
      propagateTags: 'SERVICE',
      tags: TAGS,
    });
    assert(taskDefinitionArgs && typeof taskDefinitionArgs === 'object' && 'container' in taskDefinitionArgs);
    const { container, ...task } = taskDefinitionArgs;
    assert.deepEqual(task, {
      cpu: '256',
      memory: '512',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      taskRole: { roleArn: await arn(ROLE, 'relay-task') },
      executionRole: { roleArn: await arn(ROLE, 'relay-execution') },
      logGroup: { skip: true },
      tags: TAGS,
    });
    assert(container && typeof container === 'object' && 'environment' in container);
    const { environment, ...rest } = container;
    assert.deepEqual(rest, {
      name: 'relay',
      image: `${(await one(REPOSITORY)).state.repositoryUrl}@${(await one(IMAGE)).state.digest}`,
      essential: true,
      user: 'node',
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ['ALL'] } },
      stopTimeout: 30,
      healthCheck: {
        command: ['CMD', 'node', '/relay/index.js', '--health'],
        interval: 30,
        timeout: 10,
        retries: 3,
        startPeriod: 60,
      },
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': (await one('aws:cloudwatch/logGroup:LogGroup')).state.name,
          'awslogs-region': 'us-east-1',
          'awslogs-stream-prefix': 'relay',
          mode: 'non-blocking',
        },
      },
    });
    const { outputs } = await relayed();
    assert.deepEqual(environment, [
      { name: 'API_KEY_SECRET_ARN', value: await arn('aws:secretsmanager/secret:Secret', 'api-key') },
      { name: 'CACHE_NAME', value: 'course-comments-dev' },
      { name: 'TOPIC_NAME', value: 'comment' },
      { name: 'SIGNING_SECRET_ARN', value: await arn('aws:secretsmanager/secret:Secret', 'signing-secret') },
      { name: 'WEBHOOK_URL', value: outputs.webhookUrl },
      { name: 'DEAD_LETTER_QUEUE_URL', value: outputs.deadLetterQueueUrl },
      { name: 'IN_FLIGHT', value: '32' },
      { name: 'AWS_REGION', value: 'us-east-1' },
      { name: 'HEALTH_PORT', value: '8080' },
      { name: 'POWERTOOLS_METRICS_NAMESPACE', value: 'momento-webhooks/dev' },
      { name: 'POWERTOOLS_SERVICE_NAME', value: 'relay' },
    ]);
  });

  it('reads both secrets, puts into the dead-letter queue, and may do nothing else', async () => {
    const { inputs } = await one('aws:iam/rolePolicy:RolePolicy', 'relay-task');
    assert.equal(inputs.role, (await one(ROLE, 'relay-task')).state.name);
    assert.deepEqual(statements(inputs.policy), [
      {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: [
          await arn('aws:secretsmanager/secret:Secret', 'api-key'),
          await arn('aws:secretsmanager/secret:Secret', 'signing-secret'),
        ],
      },
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: await arn('aws:sqs/queue:Queue', 'redrive-dead-letter'),
      },
    ]);
  });

  it('is started by a role that may pull its image and write its log, and nothing else', async () => {
    const { inputs } = await one('aws:iam/rolePolicy:RolePolicy', 'relay-execution');
    assert.equal(inputs.role, (await one(ROLE, 'relay-execution')).state.name);
    assert.deepEqual(statements(inputs.policy), [
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: await arn(REPOSITORY),
      },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `${await arn('aws:cloudwatch/logGroup:LogGroup')}:*`,
      },
    ]);
  });

  it('runs under roles that ECS alone assumes, for tasks of this account', async () => {
    for (const name of ['relay-task', 'relay-execution']) {
      assert.deepEqual(statements((await one(ROLE, name)).inputs.assumeRolePolicy), [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
        },
      ]);
    }
  });

  it('accepts no connections, and only connects over TLS', async () => {
    const { description, ...group } = (await one('aws:ec2/securityGroup:SecurityGroup')).inputs;
    assert.equal(typeof description, 'string');
    assert.deepEqual(group, {
      vpcId: 'vpc-0123456789abcdef0',
      ingress: [],
      egress: [
        { protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: ['0.0.0.0/0'], ipv6CidrBlocks: ['::/0'] },
      ],
      tags: TAGS,
    });
    const { inputs } = await one('awsx:ecs:FargateService');
    assert(!/portMappings|loadBalancers|serviceRegistries/.test(JSON.stringify(inputs)));
  });

  it('is in a cluster of its own, and its log expires', async () => {
    assert.deepEqual((await one('aws:ecs/cluster:Cluster')).inputs, { tags: TAGS });
    assert.deepEqual((await one('aws:cloudwatch/logGroup:LogGroup')).inputs, {
      retentionInDays: 14,
      tags: TAGS,
    });
  });

  it('asks for no webhook in Momento, and shows no secret', async () => {
    const { messages, resources, secretOutputs } = await relayed();
    assert.deepEqual([messages, secretOutputs], [[], []]);
    for (const { type, inputs } of resources) {
      if (type === 'aws:secretsmanager/secretVersion:SecretVersion') continue;
      assert(!new RegExp(`${LEGACY_KEY}|${SIGNING_SECRET}`).test(JSON.stringify(inputs)), type);
    }
  });

  it('can be previewed', async () => {
    const preview = await evaluateProgram({
      config: { delivery: 'relay', alarmEmail: 'somebody@example.com' },
      secrets: { momentoApiKey: LEGACY_KEY, signingSecret: SIGNING_SECRET },
      preview: true,
    });
    const names = preview.resources.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(
      names,
      (await relayed()).resources.map(({ type, name }) => `${type} ${name}`),
    );
  });
});

describe('with another delivery', () => {
  let folder: string;

  /** A copy of the program whose packages lack Crosswalk and docker-build. */
  before(() => {
    folder = copyProgram('.bundles');
    rmSync(path.join(folder, 'node_modules'));
    const packages = path.join(PROJECT, 'node_modules');
    mkdirSync(path.join(folder, 'node_modules/@pulumi'), { recursive: true });
    for (const name of readdirSync(packages)) {
      if (name !== '@pulumi') symlinkSync(path.join(packages, name), path.join(folder, 'node_modules', name));
    }
    for (const name of readdirSync(path.join(packages, '@pulumi'))) {
      if (['awsx', 'docker-build'].includes(name)) continue;
      symlinkSync(path.join(packages, '@pulumi', name), path.join(folder, 'node_modules/@pulumi', name));
    }
  });

  after(() => rmSync(folder, { recursive: true }));

  it('the program never loads Crosswalk or docker-build', async () => {
    const { resources } = await evaluateProgram({ folder, secrets: { momentoApiKey: LEGACY_KEY } });
    assert.equal(resources.length, (await declared('first')).resources.length);
  });

  it('and with the relay it does', async () => {
    const secrets = { momentoApiKey: LEGACY_KEY, signingSecret: SIGNING_SECRET };
    await assert.rejects(
      evaluateProgram({ folder, config: { delivery: 'relay' }, secrets }),
      /Cannot find module '@pulumi\/(awsx|docker-build)'/,
    );
  });
});
