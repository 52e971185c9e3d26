// The program with API Gateway in front: what it declares, exactly.
import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import type { Declared, DeclaredResource } from '../../local/program';
import { CERTIFICATE, declared, resource, resourcesOf, text } from './declared';
import { mistakes } from './loaded-config';

const API = 'aws:apigatewayv2/api:Api';
const ROUTES = {
  webhook: { path: '/webhook', authorizationType: 'NONE' },
  publisher: { path: '/comments', authorizationType: 'AWS_IAM' },
  tokens: { path: '/tokens', authorizationType: 'AWS_IAM' },
};
const NAMES = ['publisher', 'tokens', 'webhook'] as const;

/** What comes in place of the Function URLs. */
const RESOURCES = [
  `${API} api`,
  ...['integration:Integration', 'route:Route'].flatMap((type) =>
    NAMES.map((name) => `aws:apigatewayv2/${type} ${name}`),
  ),
  'aws:apigatewayv2/stage:Stage api',
  'aws:cloudwatch/logGroup:LogGroup api',
  ...['4xx', '5xx', 'latency'].map((name) => `aws:cloudwatch/metricAlarm:MetricAlarm api-${name}`),
  ...NAMES.map((name) => `aws:lambda/permission:Permission ${name}`),
  'momento-webhooks:index:HttpApi api',
];
const OF_DOMAIN = [
  'aws:apigatewayv2/apiMapping:ApiMapping api',
  'aws:apigatewayv2/domainName:DomainName api',
];
const OF_FUNCTION_URLS = [
  ...NAMES.map((name) => `aws:lambda/functionUrl:FunctionUrl ${name}`),
  'aws:lambda/permission:Permission webhook-invoke',
  'aws:lambda/permission:Permission webhook-url',
  ...NAMES.map((name) => `momento-webhooks:index:FunctionUrl ${name}`),
];

const named = ({ type, name }: DeclaredResource) => `${type} ${name}`;
const apiIdOf = (stack: Declared) => resource(stack, API, 'api').id;

describe('with API Gateway in front, the program', () => {
  it('declares one HTTP API in place of the Function URLs, and keeps all others as they are', async () => {
    const [urls, api] = [await declared('first'), await declared('api')];
    const before = urls.resources.map(named).filter((one) => !OF_FUNCTION_URLS.includes(one));
    assert.equal(before.length, urls.resources.length - OF_FUNCTION_URLS.length);
    assert.deepEqual(api.resources.map(named).sort(), [...before, ...RESOURCES].sort());
    const kept = /^aws:(sqs|secretsmanager|iam|lambda\/(function:|eventSourceMapping))/;
    for (const one of urls.resources.filter(({ type }) => kept.test(type))) {
      assert.deepEqual(resource(api, one.type, one.name), one);
    }
  });

  it('declares a domain and its mapping too, if they are set', async () => {
    const stack = await declared('domain');
    const found = stack.resources.map(named);
    for (const one of [...RESOURCES, ...OF_DOMAIN]) assert(found.includes(one), one);
    assert.deepEqual(resource(stack, 'aws:apigatewayv2/domainName:DomainName', 'api').inputs, {
      domainName: 'comments.example.com',
      domainNameConfiguration: {
        certificateArn: CERTIFICATE,
        endpointType: 'REGIONAL',
        securityPolicy: 'TLS_1_2',
      },
      tags: { project: 'momento-webhooks', stack: 'dev' },
    });
    assert.deepEqual(resource(stack, 'aws:apigatewayv2/apiMapping:ApiMapping', 'api').inputs, {
      apiId: apiIdOf(stack),
      domainName: 'comments.example.com',
      stage: '$default',
    });
  });

  it('gives each function one route for POST, and hands it the event of a Function URL', async () => {
    const stack = await declared('api');
    for (const name of NAMES) {
      const { path, authorizationType } = ROUTES[name];
      const integration = resource(stack, 'aws:apigatewayv2/integration:Integration', name);
      assert.deepEqual(integration.inputs, {
        apiId: apiIdOf(stack),
        integrationType: 'AWS_PROXY',
        integrationMethod: 'POST',
        integrationUri: resource(stack, 'aws:lambda/function:Function', name).state.arn,
        payloadFormatVersion: '2.0',
      });
      assert.deepEqual(resource(stack, 'aws:apigatewayv2/route:Route', name).inputs, {
        apiId: apiIdOf(stack),
        routeKey: `POST ${path}`,
        target: `integrations/${integration.id}`,
        authorizationType,
      });
    }
  });

  it('lets the API call each function for its own route, and nobody else', async () => {
    const stack = await declared('api');
    const permissions = resourcesOf(stack, 'aws:lambda/permission:Permission').map(({ inputs }) => inputs);
    assert.deepEqual(
      permissions,
      NAMES.map((name) => ({
        function: stack.outputs[`${name}FunctionName`],
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        sourceArn: `arn:aws:execute-api:us-east-1:123456789012:${apiIdOf(stack)}/$default/POST${ROUTES[name].path}`,
      })),
    );
  });

  it('has one stage that deploys by itself, limits each route and logs', async () => {
    for (const [name, rate, burst, days] of [
      ['api', 200, 400, 14],
      ['domain', 7, 9, 90],
    ] as const) {
      const stack = await declared(name);
      const { accessLogSettings, ...inputs } = resource(stack, 'aws:apigatewayv2/stage:Stage', 'api').inputs;
      assert.deepEqual(inputs, {
        apiId: apiIdOf(stack),
        name: '$default',
        autoDeploy: true,
        defaultRouteSettings: { throttlingRateLimit: rate, throttlingBurstLimit: burst },
        tags: { project: 'momento-webhooks', stack: 'dev' },
      });
      const logGroup = resource(stack, 'aws:cloudwatch/logGroup:LogGroup', 'api');
      assert.equal(Object(accessLogSettings).destinationArn, logGroup.state.arn);
      assert.equal(logGroup.inputs.retentionInDays, days);
    }
  });

  it('logs JSON without a body, a header, a path or a caller’s name', async () => {
    const { inputs } = resource(await declared('api'), 'aws:apigatewayv2/stage:Stage', 'api');
    assert.deepEqual(JSON.parse(Object(inputs.accessLogSettings).format), {
      requestId: '$context.requestId',
      time: '$context.requestTime',
      ip: '$context.identity.sourceIp',
      route: '$context.routeKey',
      status: '$context.status',
      integrationStatus: '$context.integrationStatus',
      latencyMs: '$context.responseLatency',
      error: '$context.error.message',
    });
  });

  it('outputs the routes’ addresses, and the API’s id for the callers’ policies', async () => {
    const { outputs, ...stack } = await declared('api');
    const base = `https://${apiIdOf({ outputs, ...stack })}.execute-api.us-east-1.amazonaws.com`;
    const { webhookUrl, publisherUrl, tokensUrl, apiId, domainTarget } = outputs;
    assert.deepEqual(
      { webhookUrl, publisherUrl, tokensUrl, apiId, domainTarget },
      {
        webhookUrl: `${base}/webhook`,
        publisherUrl: `${base}/comments`,
        tokensUrl: `${base}/tokens`,
        apiId: apiIdOf({ outputs, ...stack }),
        domainTarget: undefined,
      },
    );
  });

  it('outputs addresses of the domain, and what its DNS record points to', async () => {
    const { webhookUrl, publisherUrl, tokensUrl, domainTarget } = (await declared('domain')).outputs;
    assert.deepEqual(
      [webhookUrl, publisherUrl, tokensUrl],
      ['/webhook', '/comments', '/tokens'].map((path) => `https://comments.example.com${path}`),
    );
    assert.match(String(domainTarget), /^d-[0-9a-f]{10}\.execute-api\.us-east-1\.amazonaws\.com$/);
  });

  it('raises alarms over the API’s own metrics, and draws them', async () => {
    const stack = await declared('domain');
    const alarms = resourcesOf(stack, 'aws:cloudwatch/metricAlarm:MetricAlarm').filter(({ name }) =>
      name.startsWith('api-'),
    );
    const told = alarms.map(({ inputs }) => {
      const { namespace, metricName, dimensions, statistic, period, threshold } = inputs;
      assert.deepEqual([namespace, dimensions], ['AWS/ApiGateway', { ApiId: apiIdOf(stack) }]);
      assert.equal(inputs.treatMissingData, 'notBreaching');
      assert.equal([inputs.alarmActions].flat().length, 1);
      return [metricName, statistic, period, threshold, inputs.datapointsToAlarm, inputs.evaluationPeriods];
    });
    assert.deepEqual(told, [
      ['4xx', 'Sum', 300, 100, undefined, 1],
      ['5xx', 'Sum', 60, 0, undefined, 1],
      ['Latency', 'Maximum', 60, 4000, 3, 5],
    ]);
    const dashboard = text(
      resource(stack, 'aws:cloudwatch/dashboard:Dashboard', 'dashboard').inputs,
      'dashboardBody',
    );
    for (const { state } of alarms) assert(dashboard.includes(String(state.arn)));
    for (const metric of ['Count', '4xx', '5xx', 'Latency', 'IntegrationLatency']) {
      assert(dashboard.includes(`["AWS/ApiGateway","${metric}","ApiId","${apiIdOf(stack)}"`), metric);
    }
  });

  it('takes both a domain and a certificate, or neither', async () => {
    const front = { front: 'http-api' };
    const says = (key: string, other: string) =>
      `momento-webhooks:${key} is not set, ${other} needs it; allowed: both, or neither`;
    assert.deepEqual(await mistakes({ ...front, domainName: 'comments.example.com' }), [
      says('certificateArn', 'domainName'),
    ]);
    assert.deepEqual(await mistakes({ ...front, certificateArn: CERTIFICATE }), [
      says('domainName', 'certificateArn'),
    ]);
    assert.deepEqual(
      await mistakes({ ...front, domainName: 'comments.example.com', certificateArn: CERTIFICATE }),
      [],
    );
  });

  it('refuses a limit, a domain or a certificate that AWS does not take', async () => {
    const wrong = {
      throttleRate: ['0', '10001', '1.5', 'many'],
      throttleBurst: ['0', '5001', '-1'],
      domainName: ['Comments.example.com', 'https://comments.example.com', 'comments', '*.example.com'],
      certificateArn: [
        'arn:aws:iam::123456789012:server-certificate/x',
        'arn:aws:acm:us-east-1:1:certificate/x',
      ],
    };
    for (const [key, values] of Object.entries(wrong)) {
      for (const value of values) {
        const beside = { domainName: 'comments.example.com', certificateArn: CERTIFICATE };
        const [line, ...others] = await mistakes({ front: 'http-api', ...beside, [key]: value });
        assert(line?.startsWith(`momento-webhooks:${key} is ${JSON.stringify(value)}, allowed: `), line);
        assert.deepEqual(others, []);
      }
    }
  });

  it('is the only one that takes these settings', async () => {
    const all = {
      throttleRate: '7',
      throttleBurst: '9',
      domainName: 'comments.example.com',
      certificateArn: CERTIFICATE,
    };
    assert.deepEqual(
      await mistakes(all),
      Object.keys(all).map(
        (key) =>
          `momento-webhooks:${key} is set, allowed: nothing with front function-url, which has no API Gateway; ` +
          `remove it with: pulumi config rm ${key}`,
      ),
    );
  });
});

describe('changed addresses', () => {
  const front = {
    webhookUrl: pulumi.output('https://new/webhook'),
    publisherUrl: pulumi.output('https://new/comments'),
    tokensUrl: pulumi.output('https://new/tokens'),
    api: undefined,
  };
  const { warn } = pulumi.log;
  let told: string[];

  afterEach(() => {
    Object.assign(pulumi.log, { warn });
  });

  /** What is told by an update, after one with these outputs. */
  async function toldAfter(
    outputs: Record<string, string>,
    config: Parameters<typeof import('../../infra/next-steps').sayWhatMoved>[0],
  ): Promise<string[]> {
    told = [];
    const newResource = () => {
      throw new Error('to tell something makes nothing');
    };
    const call = ({ token, inputs }: pulumi.runtime.MockCallArgs) => {
      assert.equal(token, 'pulumi:pulumi:readStackOutputs');
      assert.equal(inputs.name, 'organization/momento-webhooks/dev');
      return { outputs };
    };
    await pulumi.runtime.setMocks({ newResource, call }, 'momento-webhooks', 'dev', false, 'organization');
    Object.assign(pulumi.log, { warn: async (text: string) => void told.push(text) });
    // Each update is another process.
    for (const file of ['next-steps', 'last-outputs'])
      delete require.cache[require.resolve(`../../infra/${file}`)];
    const { sayWhatMoved }: typeof import('../../infra/next-steps') = require('../../infra/next-steps');
    await new Promise((said) => sayWhatMoved(config, front).apply(said));
    return told;
  }

  it('are told, with what to change in Momento and for the callers', async () => {
    const [message, ...others] = await toldAfter(
      { webhookUrl: 'https://old/' },
      { delivery: 'webhook', front: 'http-api' },
    );
    assert.deepEqual(others, []);
    assert(message);
    assert(message.includes('https://old/'));
    assert.match(message, /In Momento, give the webhook the new URL\. .* https:\/\/new\/webhook\n/);
    assert(message.includes('https://new/comments') && message.includes('https://new/tokens'));
    assert.match(message, /sign for the service execute-api/);
  });

  it('are not told for Momento where the program or the relay tells it', async () => {
    for (const delivery of ['managed-webhook', 'relay'] as const) {
      const [message] = await toldAfter({ webhookUrl: 'https://old/' }, { delivery, front: 'function-url' });
      assert(message && !message.includes('In Momento'));
      assert.match(message, /sign for the service lambda/);
    }
  });

  it('are not told by a first update, nor where they stayed', async () => {
    const config = { delivery: 'webhook', front: 'http-api' } as const;
    assert.deepEqual(await toldAfter({}, config), []);
    assert.deepEqual(await toldAfter({ webhookUrl: 'https://new/webhook' }, config), []);
  });
});
