// The relay's alarms: it does not run, hears nothing, or could not deliver.
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { type Metric, ofService } from './metrics';
import { tags } from './tags';

/** In milliseconds. After 60 s without a heartbeat, a quiet stream is opened again and reports something at once. */
const LATE = 60_000;
/**
 * In minutes: how many of how many must be late, so that brief delays raise no alarm. They need not be consecutive: a relay
 * that never hears anything is unhealthy and replaced every few minutes, and each one starts to count from zero.
 */
const LATE_IN = { datapointsToAlarm: 3, evaluationPeriods: 10 };
const LATE_TEXT = `In ${LATE_IN.datapointsToAlarm} of ${LATE_IN.evaluationPeriods} minutes`;

export interface RelayAlarmsArgs {
  /** The relay's name, which its own metrics carry as `service`. */
  readonly service: string;
  /** Has one sample per minute for each running task. */
  readonly running: Metric;
  /** The topics that are notified. */
  readonly alarmActions: pulumi.Input<string>[];
}

/** Creates the alarms. Returns their ARNs in the order in which to look at them. */
export function makeRelayAlarms(
  args: RelayAlarmsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string>[] {
  const { service, running, alarmActions } = args;
  const alarm = (name: string, more: aws.cloudwatch.MetricAlarmArgs) =>
    new aws.cloudwatch.MetricAlarm(
      `${service}-${name}`,
      { alarmActions, okActions: alarmActions, period: 60, tags, ...more },
      opts,
    ).arn;
  const above = (
    name: string,
    metric: Metric,
    more: Omit<aws.cloudwatch.MetricAlarmArgs, 'comparisonOperator'>,
  ) =>
    alarm(name, {
      ...metric,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching', // the first alarm reports that the relay does not run
      ...more,
    });
  const late = (name: string, metricName: string, alarmDescription: string) =>
    above(name, ofService(service, metricName), {
      alarmDescription,
      statistic: 'Maximum',
      threshold: LATE,
      ...LATE_IN,
    });
  const any = (name: string, metricName: string, alarmDescription: string) =>
    above(name, ofService(service, metricName), {
      alarmDescription,
      statistic: 'Sum',
      threshold: 0,
      evaluationPeriods: 1,
    });
  return [
    alarm('not-running', {
      alarmDescription: 'No task of the relay has been running for five minutes: nothing is delivered',
      ...running,
      statistic: 'SampleCount',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      evaluationPeriods: 5,
      treatMissingData: 'breaching',
    }),
    late(
      'lag',
      'Lag',
      `${LATE_TEXT} a message had waited for more than ${LATE / 1000} s in the relay, or the relay had heard nothing ` +
        'from Momento: its log says what is refused',
    ),
    any('missed', 'Missed', 'Momento skipped messages that the relay should have delivered: they are lost'),
    any(
      'malformed',
      'Malformed',
      'The webhook permanently refused messages (422 or 413): see the dead-letter queue. Binary ones are only in the log',
    ),
    late(
      'checkpoint',
      'CheckpointAge',
      `${LATE_TEXT} the relay could not write its checkpoint: a restart would repeat the deliveries since then`,
    ),
  ];
}
