import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as v from 'valibot';
import type { Declared } from '../../local/program';
import { declared, resource, resourcesOf, type StackName, text } from './declared';

const box = { x: v.number(), y: v.number(), width: v.number(), height: v.number() };
const options = v.object({ label: v.string(), stat: v.picklist(['Sum', 'Maximum', 'p50', 'p99']) });
const search = v.object({ expression: v.string(), label: v.string() });
const widget = v.variant('type', [
  v.object({
    ...box,
    type: v.literal('alarm'),
    properties: v.object({ title: v.string(), alarms: v.array(v.string()) }),
  }),
  v.object({
    ...box,
    type: v.literal('metric'),
    properties: v.object({
      title: v.string(),
      region: v.literal('us-east-1'),
      view: v.literal('timeSeries'),
      period: v.literal(60),
      yAxis: v.object({ left: v.object({ min: v.number(), label: v.string(), showUnits: v.boolean() }) }),
      metrics: v.array(v.array(v.union([v.string(), options, search]))),
    }),
  }),
]);
const body = v.object({ start: v.string(), widgets: v.array(widget) });

type Widget = v.InferOutput<typeof widget>;

async function widgets(stack: StackName): Promise<Widget[]> {
  const { inputs } = resource(await declared(stack), 'aws:cloudwatch/dashboard:Dashboard', 'dashboard');
  return v.parse(body, JSON.parse(text(inputs, 'dashboardBody'))).widgets;
}

/** Namespace, name and dimensions of every line that is drawn, except the search. */
async function drawn(stack: StackName): Promise<string[]> {
  return (await widgets(stack)).flatMap((each) =>
    each.type === 'alarm'
      ? []
      : each.properties.metrics
          .map((line) => line.filter((part) => typeof part === 'string').join(' '))
          .filter((line) => line !== ''),
  );
}

function nameOf(stack: Declared, type: string, name: string): unknown {
  return resource(stack, type, name).state.name;
}

describe('the dashboard', () => {
  it('shows every alarm of the stack', async () => {
    const stack = await declared('first');
    const [alarms] = (await widgets('first')).filter(({ type }) => type === 'alarm');
    assert(alarms?.type === 'alarm');
    const arns = resourcesOf(stack, 'aws:cloudwatch/metricAlarm:MetricAlarm').map(({ state }) => state.arn);
    assert.deepEqual([...alarms.properties.alarms].sort(), arns.sort());
  });

  it('draws duration, errors and throttles of every function', async () => {
    const stack = await declared('first');
    const lines = await drawn('first');
    for (const { state } of resourcesOf(stack, 'aws:lambda/function:Function')) {
      for (const metric of ['Duration', 'Errors', 'Throttles']) {
        assert(
          lines.includes(`AWS/Lambda ${metric} FunctionName ${state.name}`),
          `${metric} of ${state.name}`,
        );
      }
    }
  });

  it('draws depth and age of the redrive queue, and what was given up', async () => {
    const stack = await declared('first');
    const lines = (await drawn('first')).filter((line) => line.startsWith('AWS/SQS '));
    const redrive = nameOf(stack, 'aws:sqs/queue:Queue', 'redrive');
    const deadLetter = nameOf(stack, 'aws:sqs/queue:Queue', 'redrive-dead-letter');
    assert.deepEqual(lines, [
      `AWS/SQS ApproximateNumberOfMessagesVisible QueueName ${redrive}`,
      `AWS/SQS ApproximateNumberOfMessagesNotVisible QueueName ${redrive}`,
      `AWS/SQS ApproximateNumberOfMessagesVisible QueueName ${deadLetter}`,
      `AWS/SQS ApproximateAgeOfOldestMessage QueueName ${redrive}`,
    ]);
  });

  it('draws only those custom metrics that the functions’ code counts, in the stack’s own namespace', async () => {
    const services = ['webhook', 'redrive', 'publisher', 'tokens'];
    const counted = [
      'webhook',
      'redrive',
      'publisher',
      'tokens',
      'adapters/token-vending',
      'adapters/publish-as',
      'adapters/backend-calls',
    ]
      .map((file) => readFileSync(path.resolve(__dirname, `../../handlers/${file}.ts`), 'utf8'))
      .join('\n');
    const own = (await drawn('first')).filter((line) => line.startsWith('momento-webhooks/dev '));
    assert(own.length >= 15, 'the rule finds what it is about');
    for (const line of own) {
      const [, metric, dimension, service, ...more] = line.split(' ');
      assert.deepEqual([dimension, more], ['service', []], line);
      assert(services.includes(String(service)), line);
      assert(counted.includes(`'${metric}'`), `${metric} is counted somewhere`);
    }
  });

  it('draws the denied requests by reason, in the namespace of each stack', async () => {
    for (const [stack, namespace] of [
      ['first', 'momento-webhooks/dev'],
      ['full', 'momento-webhooks/prod'],
    ] as const) {
      const text = JSON.stringify(await widgets(stack)).replaceAll('\\"', '"');
      const expected = `SEARCH('{"${namespace}",reason,service} MetricName="Denied" service="webhook"', 'Sum', 60)`;
      assert(text.includes(expected));
    }
  });

  it('fills CloudWatch’s grid without a gap or an overlap', async () => {
    const all = await widgets('first');
    const cells = new Set<string>();
    for (const { x, y, width, height } of all) {
      assert(Number.isInteger(x) && Number.isInteger(width) && x + width <= 24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          assert(!cells.has(`${column} ${row}`), 'nothing overlaps');
          cells.add(`${column} ${row}`);
        }
      }
    }
    const bottom = Math.max(...all.map(({ y, height }) => y + height));
    assert.equal(cells.size, 24 * bottom);
  });

  it('is named, like its address, by project and stack, with an ending that distinguishes stacks of the same name', async () => {
    const stack = await declared('full');
    const { inputs } = resource(stack, 'aws:cloudwatch/dashboard:Dashboard', 'dashboard');
    const ending = String(stack.outputs.webhookFunctionName).split('-').at(-1);
    assert.match(String(ending), /^[0-9a-f]{7}$/);
    const name = `momento-webhooks-prod-${ending}`;
    assert.equal(inputs.dashboardName, name);
    assert(String(stack.outputs.dashboardUrl).endsWith(`#dashboards/dashboard/${name}`));
  });
});
