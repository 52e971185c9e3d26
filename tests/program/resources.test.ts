import assert from 'node:assert/strict';
import type { DeclaredResource } from '../../local/program';
import { declared, ENDPOINT, resource, resourcesOf, type StackName, text } from './declared';

const FUNCTION = 'aws:lambda/function:Function';
const FUNCTION_URL = 'aws:lambda/functionUrl:FunctionUrl';
const PERMISSION = 'aws:lambda/permission:Permission';

/** The logical names of each type. Those in brackets exist with a signing secret and an e-mail address. */
const RESOURCES: Record<string, string> = {
  'aws:cloudwatch/dashboard:Dashboard': 'dashboard',
  'aws:cloudwatch/logGroup:LogGroup': 'publisher redrive tokens webhook',
  'aws:cloudwatch/metricAlarm:MetricAlarm':
    'dead-letter-messages lost-events publisher-errors publisher-throttles redrive-age redrive-errors ' +
    'redrive-throttles redrive-waiting tokens-errors tokens-throttles webhook-errors webhook-throttles wrong-signing-secret',
  'aws:iam/role:Role': 'publisher redrive tokens webhook',
  'aws:iam/rolePolicy:RolePolicy': 'publisher redrive tokens webhook',
  'aws:lambda/eventSourceMapping:EventSourceMapping': 'redrive',
  'aws:lambda/function:Function': 'publisher redrive tokens webhook',
  'aws:lambda/functionUrl:FunctionUrl': 'publisher tokens webhook',
  'aws:lambda/permission:Permission': 'webhook-invoke webhook-url',
  'aws:secretsmanager/secret:Secret': 'api-key signing-secret',
  'aws:secretsmanager/secretVersion:SecretVersion': 'api-key [signing-secret]',
  'aws:sns/topic:Topic': '[alarms]',
  'aws:sns/topicSubscription:TopicSubscription': '[alarms]',
  'aws:sqs/queue:Queue': 'redrive redrive-dead-letter',
  'momento-webhooks:index:Alarms': 'alarms',
  'momento-webhooks:index:Dashboard': 'dashboard',
  'momento-webhooks:index:FunctionUrl': 'publisher tokens webhook',
  'momento-webhooks:index:HandlerFunction': 'publisher redrive tokens webhook',
  'momento-webhooks:index:RedriveQueue': 'redrive',
  'momento-webhooks:index:Secret': 'api-key signing-secret',
};

function expected(form: (names: string) => string): string[] {
  return Object.entries(RESOURCES).flatMap(([type, names]) =>
    form(names)
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => `${type} ${name}`),
  );
}

async function names(stack: StackName): Promise<string[]> {
  return (await declared(stack)).resources.map(({ type, name }) => `${type} ${name}`);
}

describe('the resources', () => {
  it('are these and no others before the signing secret is known', async () => {
    assert.deepEqual(
      await names('first'),
      expected((list) => list.replace(/\[.*\]/, '')),
    );
  });

  it('are these and no others with every setting', async () => {
    assert.deepEqual(
      await names('full'),
      expected((list) => list.replace(/[[\]]/g, '')),
    );
  });

  it('are the same in a preview', async () => {
    assert.deepEqual(await names('preview'), await names('first'));
  });

  it('put each function on Node.js 24 and arm64 with the log group and role of its own', async () => {
    const stack = await declared('first');
    for (const name of ['webhook', 'redrive', 'publisher', 'tokens']) {
      const { code, description, environment, ...inputs } = resource(stack, FUNCTION, name).inputs;
      assert.deepEqual(inputs, {
        runtime: 'nodejs24.x',
        architectures: ['arm64'],
        handler: 'index.handler',
        timeout: 10,
        memorySize: 512,
        role: resource(stack, 'aws:iam/role:Role', name).state.arn,
        loggingConfig: {
          logFormat: 'JSON',
          logGroup: resource(stack, 'aws:cloudwatch/logGroup:LogGroup', name).state.name,
          systemLogLevel: 'WARN',
        },
        tracingConfig: { mode: 'PassThrough' },
        tags: { project: 'momento-webhooks', stack: 'dev' },
      });
      assert(typeof description === 'string' && description.length <= 256);
      assert(typeof code === 'object' && code && typeof environment === 'object');
    }
  });

  it('hold an ES module per function, which exports its handler, and the CommonJS files that it loads', async () => {
    const stack = await declared('first');
    for (const name of ['webhook', 'redrive', 'publisher', 'tokens']) {
      const { code } = resource(stack, FUNCTION, name).inputs;
      assert(code && typeof code === 'object');
      const own = Object.keys(code).filter((file) => !/^[0-9a-f]{8}\.cjs$/.test(file)); // the others are shared by these
      assert.deepEqual(own.sort(), ['handler.cjs', 'index.mjs', 'init.cjs']);
      assert.match(String(Reflect.get(code, 'index.mjs')), /export\{\w+ as handler\}/);
      assert.match(String(Reflect.get(code, 'handler.cjs')), /handler:\(\)=>/);
    }
  });

  it('tell each function what it needs and nothing else', async () => {
    const stack = await declared('first');
    const arn = (name: string) => resource(stack, 'aws:secretsmanager/secret:Secret', name).state.arn;
    const metrics = (name: string) => ({
      POWERTOOLS_METRICS_NAMESPACE: 'momento-webhooks/dev',
      POWERTOOLS_SERVICE_NAME: name,
    });
    const momento = {
      API_KEY_SECRET_ARN: arn('api-key'),
      CACHE_NAME: 'course-comments-dev',
      TOPIC_NAME: 'comment',
    };
    const storing = {
      ...momento,
      COMMENT_TTL_SECONDS: '86400',
      COMMENTS_PER_COURSE: '1000',
      REDRIVE_QUEUE_URL: resource(stack, 'aws:sqs/queue:Queue', 'redrive').state.url,
    };
    assert.deepEqual(await variables('first', 'webhook'), {
      ...storing,
      SIGNING_SECRET_ARN: arn('signing-secret'),
      ...metrics('webhook'),
    });
    assert.deepEqual(await variables('first', 'redrive'), { ...storing, ...metrics('redrive') });
    for (const name of ['publisher', 'tokens']) {
      const vending = { ...momento, TOKEN_TTL_MINUTES: '30' };
      assert.deepEqual(await variables('first', name), { ...vending, ...metrics(name) });
    }
  });

  it('follow every setting', async () => {
    const stack = await declared('full');
    for (const name of ['webhook', 'redrive', 'publisher', 'tokens']) {
      const { inputs } = resource(stack, FUNCTION, name);
      assert.equal(inputs.memorySize, 1024);
      const logGroup = resource(stack, 'aws:cloudwatch/logGroup:LogGroup', name);
      assert.equal(logGroup.inputs.retentionInDays, 90);
      const { MOMENTO_ENDPOINT, CACHE_NAME, TOPIC_NAME } = await variables('full', name);
      assert.deepEqual([MOMENTO_ENDPOINT, CACHE_NAME, TOPIC_NAME], [ENDPOINT, 'comments', 'chat']);
    }
    const webhook = await variables('full', 'webhook');
    assert.deepEqual([webhook.COMMENT_TTL_SECONDS, webhook.COMMENTS_PER_COURSE], ['3600', '50']);
    for (const name of ['publisher', 'tokens']) {
      assert.equal((await variables('full', name)).TOKEN_TTL_MINUTES, '5');
    }
    const subscription = resource(stack, 'aws:sns/topicSubscription:TopicSubscription', 'alarms');
    assert.equal(subscription.inputs.endpoint, 'somebody@example.com');
  });

  it('raise an alarm over events that are tried again and again, whose age SQS does not report', async () => {
    const stack = await declared('first');
    const { inputs } = resource(stack, 'aws:cloudwatch/metricAlarm:MetricAlarm', 'redrive-waiting');
    const least = (id: string, metricName: string) => ({
      id,
      metric: {
        namespace: 'AWS/SQS',
        metricName,
        dimensions: { QueueName: String(stack.outputs.redriveQueueUrl).split('/').at(-1) },
        period: 60,
        stat: 'Minimum',
      },
    });
    assert.deepEqual(inputs.metricQueries, [
      { id: 'waiting', expression: 'visible + invisible', returnData: true },
      least('visible', 'ApproximateNumberOfMessagesVisible'),
      least('invisible', 'ApproximateNumberOfMessagesNotVisible'),
    ]);
    const { threshold, comparisonOperator, evaluationPeriods, treatMissingData } = inputs;
    assert.deepEqual(
      [threshold, comparisonOperator, evaluationPeriods, treatMissingData],
      [0, 'GreaterThanThreshold', 10, 'notBreaching'],
    );
  });

  it('raise an alarm if events that look signed are denied, because no secret matches or none is set, and nothing is accepted', async () => {
    const alarm = resource(
      await declared('first'),
      'aws:cloudwatch/metricAlarm:MetricAlarm',
      'wrong-signing-secret',
    );
    const sum = (id: string, metricName: string, reason?: string) => ({
      id,
      metric: {
        namespace: 'momento-webhooks/dev',
        metricName,
        dimensions: { service: 'webhook', ...(reason && { reason }) },
        period: 300,
        stat: 'Sum',
      },
    });
    assert.deepEqual(alarm.inputs.metricQueries, [
      {
        id: 'wrong',
        expression: 'IF(((FILL(denied, 0) + FILL(unknown, 0)) > 0) AND (FILL(accepted, 0) == 0), 1, 0)',
        returnData: true,
      },
      sum('denied', 'Denied', 'signature'),
      sum('unknown', 'Denied', 'secret'),
      sum('accepted', 'Accepted'),
    ]);
  });

  it('leave nothing in an alarm’s expression to precedence: no parentheses hold two operations', async () => {
    const expressions = resourcesOf(await declared('relayed'), 'aws:cloudwatch/metricAlarm:MetricAlarm')
      .flatMap(({ inputs }) => inputs.metricQueries ?? [])
      .flatMap((query) => Object(query).expression ?? []);
    assert(expressions.length >= 2, 'the rule finds what it is about');
    for (const expression of expressions) {
      for (const operation of operations(expression)) {
        assert([1, 3].includes(operation.trim().split(/\s+/).length), `${operation} in ${expression}`);
      }
    }
  });

  it('bound only the webhook by the reserved concurrency, and only if it is set', async () => {
    const reserved = async (stack: StackName) =>
      resourcesOf(await declared(stack), FUNCTION).map(({ name, inputs }) => [
        name,
        inputs.reservedConcurrentExecutions,
      ]);
    const none = { publisher: undefined, redrive: undefined, tokens: undefined, webhook: undefined };
    assert.deepEqual(Object.fromEntries(await reserved('first')), none);
    assert.deepEqual(Object.fromEntries(await reserved('full')), { ...none, webhook: 20 });
  });

  it('open the webhook to the world, and the publisher and the token service to callers that IAM allows', async () => {
    const stack = await declared('first');
    const urls = resourcesOf(stack, FUNCTION_URL).map(({ name, inputs }) => [name, inputs]);
    assert.deepEqual(Object.fromEntries(urls), {
      webhook: { functionName: stack.outputs.webhookFunctionName, authorizationType: 'NONE' },
      publisher: { functionName: stack.outputs.publisherFunctionName, authorizationType: 'AWS_IAM' },
      tokens: { functionName: stack.outputs.tokensFunctionName, authorizationType: 'AWS_IAM' },
    });
  });

  it('let the world call the webhook through its URL, and in no other way', async () => {
    const stack = await declared('first');
    const permissions = resourcesOf(stack, PERMISSION).map(({ inputs }) => inputs);
    const everybody = { function: stack.outputs.webhookFunctionName, principal: '*' };
    assert.deepEqual(permissions, [
      { ...everybody, action: 'lambda:InvokeFunction', invokedViaFunctionUrl: true },
      { ...everybody, action: 'lambda:InvokeFunctionUrl', functionUrlAuthType: 'NONE' },
    ]);
  });

  it("leave the statement ids of the provider's own pair alone", async () => {
    for (const { state } of resourcesOf(await declared('first'), PERMISSION)) {
      const own = ['FunctionURLAllowPublicAccess', 'FunctionURLAllowInvokeAction'];
      assert(!own.includes(text(state, 'statementId')));
    }
  });

  it('come with the outputs that a user needs', async () => {
    const stack = await declared('first');
    const functionName = (name: string) => resource(stack, FUNCTION, name).state.name;
    const functionUrl = (name: string) => resource(stack, FUNCTION_URL, name).state.functionUrl;
    const queueUrl = (name: string) => resource(stack, 'aws:sqs/queue:Queue', name).state.url;
    const { dashboardName } = resource(stack, 'aws:cloudwatch/dashboard:Dashboard', 'dashboard').inputs;
    const { applicationOutputs, ...outputs } = stack.outputs;
    assert.equal(applicationOutputs, undefined, 'the default application has nothing to tell');
    assert.deepEqual(outputs, {
      apiId: undefined, // of front http-api
      domainTarget: undefined,
      webhookUrl: functionUrl('webhook'),
      publisherUrl: functionUrl('publisher'),
      tokensUrl: functionUrl('tokens'),
      webhookFunctionName: functionName('webhook'),
      publisherFunctionName: functionName('publisher'),
      tokensFunctionName: functionName('tokens'),
      redriveQueueUrl: queueUrl('redrive'),
      deadLetterQueueUrl: queueUrl('redrive-dead-letter'),
      dashboardUrl: `https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/${dashboardName}`,
    });
    for (const [name, value] of Object.entries(outputs)) {
      if (!['apiId', 'domainTarget'].includes(name)) assert.equal(typeof value, 'string', name);
    }
  });
});

/** The parts of an expression that no parentheses or commas separate; each pair of parentheses counts as a value. */
function operations(expression: string): string[] {
  const innermost = /\w*\(([^()]*)\)/;
  const inner = innermost.exec(expression)?.[1];
  if (inner === undefined) return [expression];
  return [...inner.split(','), ...operations(expression.replace(innermost, 'value'))];
}

describe('the next steps', () => {
  it('are told, with the URL to give to Momento, until the signing secret is set', async () => {
    const { messages, outputs } = await declared('first');
    const [message, ...others] = messages;
    assert.deepEqual(others, []);
    assert.equal(message?.severity, 'warn');
    const told = message.text;
    assert(told.includes('answers 503'));
    assert(told.includes(`the cache "course-comments-dev"`) && told.includes('the topic "comment"'));
    assert(told.includes(`with this URL: ${outputs.webhookUrl}\n`));
    assert.match(
      told,
      /2\. pulumi config set --secret signingSecret --stack dev\n[\s\S]*3\. pulumi up --stack dev\n/,
    );
    assert(
      told.endsWith('The stack still accepts the signing secret it had before, until you set another one.'),
    );
  });

  it('are not told once it is set, nor in a preview, which has no URL yet', async () => {
    assert.deepEqual((await declared('full')).messages, []);
    assert.deepEqual((await declared('preview')).messages, []);
  });

  it('change only the secret: once the signing secret is set, its version is the only new resource', async () => {
    const { resources } = await declared('connected');
    const version = ({ type, name }: DeclaredResource) =>
      type === 'aws:secretsmanager/secretVersion:SecretVersion' && name === 'signing-secret';
    assert.equal(resources.filter(version).length, 1);
    assert.deepEqual(
      resources.filter((each) => !version(each)),
      (await declared('first')).resources,
    );
  });
});

async function variables(stack: StackName, name: string): Promise<Record<string, unknown>> {
  const { environment } = resource(await declared(stack), FUNCTION, name).inputs;
  assert(environment && typeof environment === 'object' && 'variables' in environment);
  return { ...Object(environment.variables) };
}
