// What somebody is told of about the relay, and where it is drawn.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { declared, resource, text } from './declared';

const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const relayed = () => declared('relayed');

async function alarm(name: string): Promise<Record<string, unknown>> {
  const stack = await relayed();
  const topic = resource(stack, 'aws:sns/topic:Topic', 'alarms').state.arn;
  const { alarmActions, okActions, period, tags, ...rest } = resource(stack, ALARM, name).inputs;
  assert.deepEqual([alarmActions, okActions, period], [[topic], [topic], 60], name);
  assert.deepEqual(tags, { project: 'momento-webhooks', stack: 'dev' }, name);
  return rest;
}

/** Namespace, name and dimensions of every metric that the dashboard draws, each with its statistic. */
async function drawn(): Promise<string[]> {
  const { inputs } = resource(await relayed(), 'aws:cloudwatch/dashboard:Dashboard', 'dashboard');
  const { widgets } = JSON.parse(text(inputs, 'dashboardBody'));
  return widgets.flatMap(({ properties: { metrics = [] } }: { properties: { metrics?: unknown[][] } }) =>
    metrics.map((line) => line.map((part) => (typeof part === 'object' ? statOf(part) : part)).join(' ')),
  );
}

const statOf = (options: unknown): unknown => Reflect.get(Object(options), 'stat');

describe('the alarms of the relay', () => {
  it('go off when no task runs', async () => {
    const stack = await relayed();
    const { alarmDescription, ...rest } = await alarm('relay-not-running');
    const { service } = resource(stack, 'awsx:ecs:FargateService', 'relay').state;
    assert.match(String(alarmDescription), /nothing is delivered/);
    assert.deepEqual(rest, {
      namespace: 'AWS/ECS',
      metricName: 'CPUUtilization',
      dimensions: {
        ClusterName: resource(stack, 'aws:ecs/cluster:Cluster', 'relay').state.name,
        ServiceName: Reflect.get(Object(service), 'name'),
      },
      statistic: 'SampleCount',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      evaluationPeriods: 5,
      treatMissingData: 'breaching',
    });
  });

  for (const [name, metricName, says] of [
    ['relay-lag', 'Lag', /waited for more than 60 s in the relay, or .* heard nothing from Momento/],
    ['relay-checkpoint', 'CheckpointAge', /could not write its checkpoint/],
  ] as const) {
    it(`go off when ${metricName} is above a minute for five minutes`, async () => {
      const { alarmDescription, ...rest } = await alarm(name);
      assert.match(String(alarmDescription), says);
      assert.deepEqual(rest, {
        namespace: 'momento-webhooks/dev',
        metricName,
        dimensions: { service: 'relay' },
        statistic: 'Maximum',
        comparisonOperator: 'GreaterThanThreshold',
        threshold: 60_000,
        evaluationPeriods: 5,
        treatMissingData: 'notBreaching',
      });
    });
  }

  for (const [name, metricName, says] of [
    ['relay-missed', 'Missed', /they are lost/],
    ['relay-malformed', 'Malformed', /see the dead-letter queue/],
  ] as const) {
    it(`go off with the first message that counts as ${metricName}`, async () => {
      const { alarmDescription, ...rest } = await alarm(name);
      assert.match(String(alarmDescription), says);
      assert.deepEqual(rest, {
        namespace: 'momento-webhooks/dev',
        metricName,
        dimensions: { service: 'relay' },
        statistic: 'Sum',
        comparisonOperator: 'GreaterThanThreshold',
        threshold: 0,
        evaluationPeriods: 1,
        treatMissingData: 'notBreaching',
      });
    });
  }

  it('watch what the dashboard draws, and what the relay writes each time', async () => {
    const lines = await drawn();
    const report = readFileSync(path.resolve(__dirname, '../../handlers/adapters/relay-report.ts'), 'utf8');
    const alarms = (await relayed()).resources.filter(
      ({ type, name }) => type === ALARM && name.startsWith('relay-'),
    );
    assert.equal(alarms.length, 5);
    for (const { inputs } of alarms) {
      const { namespace, metricName, dimensions, statistic } = inputs;
      const line = [namespace, metricName, ...Object.entries(Object(dimensions)).flat(), statistic].join(' ');
      assert(lines.includes(line), line);
      if (namespace !== 'AWS/ECS') assert(report.includes(`'${metricName}'`), `${metricName} is written`);
    }
  });

  it('stand on the dashboard with all others, in the order in which somebody should look at them', async () => {
    const stack = await relayed();
    const { inputs } = resource(stack, 'aws:cloudwatch/dashboard:Dashboard', 'dashboard');
    const [first] = JSON.parse(text(inputs, 'dashboardBody')).widgets;
    const arns = ['not-running', 'lag', 'missed', 'malformed', 'checkpoint'].map(
      (name) => resource(stack, ALARM, `relay-${name}`).state.arn,
    );
    assert.deepEqual(first.properties.alarms.slice(-5), arns);
  });
});
