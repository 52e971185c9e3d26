// What a setting switches on, it must also switch off. An input that is optional and computed in Terraform's provider keeps
// its last value if it is left out (hashicorp/terraform-provider-aws#30838). So such an input is always given, or never.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { StackConfig } from '../../infra/config';
import { type DeclaredResource, evaluateProgram } from '../../local/program';
import { CERTIFICATE, ENDPOINT, LEGACY_KEY, SIGNING_SECRET, V2_KEY } from './declared';

type Settings = Record<string, string>;

const DOMAIN = { domainName: 'comments.example.com', certificateArn: CERTIFICATE };
const API = { front: 'http-api' };
const RELAY = { delivery: 'relay', signingSecret: SIGNING_SECRET };

/** The default application has settings of its own. Another application declares other inputs, and so is another program. */
type Setting =
  | Exclude<keyof StackConfig, 'application' | 'declareApplication'>
  | 'commentTtlSeconds'
  | 'commentsPerCourse';

/** For each setting: values with it, and the other settings it needs. Without it, only those others are set. */
const SETTINGS: Record<Setting, { readonly on: Settings; readonly beside?: Settings }> = {
  momentoApiKey: { on: {} }, // always set
  momentoEndpoint: { on: { momentoApiKey: V2_KEY, momentoEndpoint: ENDPOINT } },
  signingSecret: { on: { signingSecret: SIGNING_SECRET } },
  delivery: { on: { delivery: 'managed-webhook' }, beside: { momentoDeployKey: LEGACY_KEY } },
  momentoDeployKey: { on: { momentoDeployKey: LEGACY_KEY } },
  deleteCache: { on: { deleteCache: 'true' }, beside: { momentoDeployKey: LEGACY_KEY } },
  rotation: {
    on: { rotation: '1' },
    beside: { delivery: 'managed-webhook', momentoDeployKey: LEGACY_KEY },
  },
  vpcId: { on: { vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d' }, beside: RELAY },
  subnetIds: { on: { vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d,subnet-1a1b2c3d' }, beside: RELAY },
  front: { on: API },
  throttleRate: { on: { throttleRate: '7' }, beside: API },
  throttleBurst: { on: { throttleBurst: '9' }, beside: API },
  domainName: { on: DOMAIN, beside: API },
  certificateArn: { on: DOMAIN, beside: API },
  cacheName: { on: { cacheName: 'comments' } },
  topicName: { on: { topicName: 'chat' } },
  commentTtlSeconds: { on: { commentTtlSeconds: '60' } },
  commentsPerCourse: { on: { commentsPerCourse: '5' } },
  tokenTtlMinutes: { on: { tokenTtlMinutes: '5' } },
  memoryMb: { on: { memoryMb: '1024' } },
  logRetentionDays: { on: { logRetentionDays: '90' }, beside: RELAY },
  tracing: { on: { tracing: 'true' } },
  reservedConcurrency: { on: { reservedConcurrency: '20' } },
  alarmEmail: { on: { alarmEmail: 'somebody@example.com' }, beside: RELAY },
};

/** Inputs that come and go with a setting, and why that is safe. */
const COME_AND_GO: Settings = {
  'aws:lambda/function:Function reservedConcurrentExecutions':
    'not computed: the default is -1, which gives the reservation back',
  'aws:lambda/function:Function environment.variables.MOMENTO_ENDPOINT': 'a map is replaced as a whole',
};

/**
 * Inputs that are optional and computed in the provider, by type: those that the program always gives, and those that it
 * never gives. Names, the region and tags are left out: Pulumi or the provider gives them to every resource. Source:
 * `internal/service` of hashicorp/terraform-provider-aws.
 */
const COMPUTED: Record<string, { readonly always?: readonly string[]; readonly never?: readonly string[] }> =
  {
    'aws:apigatewayv2/api:Api': { never: ['ipAddressType'] },
    'aws:apigatewayv2/apiMapping:ApiMapping': {},
    'aws:apigatewayv2/domainName:DomainName': { never: ['routingMode'] },
    'aws:apigatewayv2/integration:Integration': { never: ['timeoutMilliseconds'] },
    'aws:apigatewayv2/route:Route': {},
    'aws:apigatewayv2/stage:Stage': { always: ['defaultRouteSettings'], never: ['deploymentId'] },
    'aws:cloudwatch/dashboard:Dashboard': {},
    'aws:cloudwatch/logGroup:LogGroup': { never: ['logGroupClass'] },
    'aws:cloudwatch/metricAlarm:MetricAlarm': { never: ['evaluateLowSampleCountPercentiles'] },
    'aws:ec2/securityGroup:SecurityGroup': { always: ['egress', 'ingress', 'vpcId'] },
    'aws:ecr/lifecyclePolicy:LifecyclePolicy': {},
    'aws:ecr/repository:Repository': {},
    'aws:ecs/cluster:Cluster': { never: ['settings'] },
    'aws:iam/role:Role': { never: ['inlinePolicies', 'managedPolicyArns'] },
    'aws:iam/rolePolicy:RolePolicy': {},
    'aws:lambda/eventSourceMapping:EventSourceMapping': {
      never: [
        'amazonManagedKafkaEventSourceConfig',
        'maximumRecordAgeInSeconds',
        'maximumRetryAttempts',
        'parallelizationFactor',
        'provisionedPollerConfig',
        'selfManagedKafkaEventSourceConfig',
      ],
    },
    'aws:lambda/function:Function': {
      always: ['architectures', 'loggingConfig', 'tracingConfig'],
      never: ['codeSha256', 'ephemeralStorage', 'sourceCodeHash'],
    },
    'aws:lambda/functionUrl:FunctionUrl': {},
    'aws:lambda/permission:Permission': { never: ['statementId', 'statementIdPrefix'] },
    'aws:secretsmanager/secret:Secret': { never: ['policy', 'replicas'] },
    'aws:secretsmanager/secretVersion:SecretVersion': { never: ['versionStages'] },
    'aws:sns/topic:Topic': { never: ['fifoThroughputScope', 'policy', 'signatureVersion', 'tracingConfig'] },
    'aws:sns/topicSubscription:TopicSubscription': { never: ['filterPolicyScope'] },
    'aws:sqs/queue:Queue': {
      always: ['sqsManagedSseEnabled'],
      never: [
        'deduplicationScope',
        'fifoThroughputLimit',
        'kmsDataKeyReusePeriodSeconds',
        'policy',
        'redriveAllowPolicy',
      ],
    },
  };

const SECRETS = ['momentoApiKey', 'signingSecret', 'momentoDeployKey'];
const evaluations = new Map<string, Promise<DeclaredResource[]>>();

function resourcesWith(settings: Settings): Promise<DeclaredResource[]> {
  const all = Object.entries({ momentoApiKey: LEGACY_KEY, ...settings });
  const config = Object.fromEntries(all.filter(([key]) => !SECRETS.includes(key)));
  const secrets = Object.fromEntries(all.filter(([key]) => SECRETS.includes(key)));
  const key = JSON.stringify(all);
  const evaluation =
    evaluations.get(key) ?? evaluateProgram({ config, secrets }).then(({ resources }) => resources);
  evaluations.set(key, evaluation);
  return evaluation;
}

/** The paths of all inputs that are given; lists are compared as a whole. */
function placesOf(inputs: Record<string, unknown>, above = ''): string[] {
  return Object.entries(inputs).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const place = above + key;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? [place, ...placesOf({ ...value }, `${place}.`)] : [place];
  });
}

describe('an input of a resource', () => {
  for (const [setting, { on, beside = {} }] of Object.entries(SETTINGS)) {
    it(`is given whatever ${setting} is, unless the effect of leaving it out is known`, async () => {
      const [without, within] = [await resourcesWith(beside), await resourcesWith({ ...beside, ...on })];
      for (const { type, name, inputs } of within) {
        const other = without.find((each) => each.type === type && each.name === name);
        if (!other) continue; // a whole resource comes and goes
        const [here, there] = [placesOf(inputs), placesOf(other.inputs)];
        const differing = [...here, ...there].filter(
          (place) => !(here.includes(place) && there.includes(place)),
        );
        const unknown = differing.filter((place) => !(`${type} ${place}` in COME_AND_GO));
        assert.deepEqual(unknown, [], `${type} ${name}`);
      }
    });
  }

  it('that the provider computes is given to all resources of its type or to none', async () => {
    const all = Object.values(SETTINGS).map(({ on, beside }) => resourcesWith({ ...beside, ...on }));
    for (const { type, name, inputs } of (await Promise.all(all)).flat()) {
      if (!type.startsWith('aws:')) continue;
      const computed = COMPUTED[type];
      assert(computed, `what the provider computes of ${type} is written down`);
      for (const key of computed.always ?? []) assert(inputs[key] !== undefined, `${name} has ${key}`);
      for (const key of computed.never ?? []) assert.equal(inputs[key], undefined, `${name} has no ${key}`);
    }
  });

  it('is listed here by its real name', () => {
    for (const [type, { always = [], never = [] }] of Object.entries(COMPUTED)) {
      const source = readFileSync(require.resolve(`@pulumi/aws/${type.split(':')[1]}.js`), 'utf8');
      for (const key of [...always, ...never]) {
        assert(source.includes(`resourceInputs["${key}"]`), `${type} has an input ${key}`);
      }
    }
  });
});
