// The relay's alarms, and where its metrics are drawn.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as v from 'valibot';
import { declared, resource, text } from './declared';

const serviceShape = v.object({
  taskDefinitionArgs: v.object({
    container: v.object({
      healthCheck: v.object({ startPeriod: v.number(), interval: v.number(), retries: v.number() }),
    }),
  }),
});

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

/** Namespace, name, dimensions and statistic of every metric that the dashboard draws. */
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
    it(`go off when ${metricName} is above a minute in three of ten minutes`, async () => {
      const { alarmDescription, ...rest } = await alarm(name);
      assert.match(String(alarmDescription), says);
      assert.deepEqual(rest, {
        namespace: 'momento-webhooks/dev',
        metricName,
        dimensions: { service: 'relay' },
        statistic: 'Maximum',
        comparisonOperator: 'GreaterThanThreshold',
        threshold: 60_000,
        evaluationPeriods: 10,
        datapointsToAlarm: 3,
        treatMissingData: 'notBreaching',
      });
    });
  }

  it('also go off if each task is replaced as unhealthy before it has heard anything', async () => {
    const { evaluationPeriods, datapointsToAlarm, threshold } = await alarm('relay-lag');
    const { inputs } = resource(await relayed(), 'awsx:ecs:FargateService', 'relay');
    const { startPeriod, interval, retries } = v.parse(serviceShape, inputs).taskDefinitionArgs.container
      .healthCheck;
    const life = startPeriod + retries * interval;
    for (const start of [30, 60, 90]) {
      for (let second = 0; second < 60; second += 10) {
        const late = new Set<number>();
        for (let from = second; from < 3_600; from += life + start) {
          // Every 30 s it reports its lag, which is its age.
          for (let age = 30; age <= life; age += 30) {
            if (age * 1_000 > Number(threshold)) late.add(Math.floor((from + age) / 60));
          }
        }
        for (let minute = 10; minute < 50; minute++) {
          const within = [...late].filter((one) => one >= minute && one < minute + Number(evaluationPeriods));
          assert(
            within.length >= Number(datapointsToAlarm ?? evaluationPeriods),
            `${start} s, ${minute}: ${within}`,
          );
        }
      }
    }
  });

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

  it('are on the dashboard with all others, in the order in which to look at them', async () => {
    const stack = await relayed();
    const { inputs } = resource(stack, 'aws:cloudwatch/dashboard:Dashboard', 'dashboard');
    const [first] = JSON.parse(text(inputs, 'dashboardBody')).widgets;
    const arns = ['not-running', 'lag', 'missed', 'malformed', 'checkpoint'].map(
      (name) => resource(stack, ALARM, `relay-${name}`).state.arn,
    );
    assert.deepEqual(first.properties.alarms.slice(-5), arns);
  });
});
