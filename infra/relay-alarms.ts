// What somebody should know of about the relay: that it does not run, does not hear, or could not deliver.
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { type Metric, ofService } from './metrics';
import { tags } from './tags';

/** In milliseconds. A quiet stream is opened anew after 60 s without a heartbeat, and tells something at once. */
const LATE = 60_000;
/**
 * In minutes: in so many of so many it must be late, as what ends by itself is worth no message. Not in a row: a relay that
 * never hears anything is replaced every few minutes, as unhealthy, and each one begins to count anew.
 */
const LATE_IN = { datapointsToAlarm: 3, evaluationPeriods: 10 };
const LATE_TEXT = `In ${LATE_IN.datapointsToAlarm} of ${LATE_IN.evaluationPeriods} minutes`;

export interface RelayAlarmsArgs {
  /** The relay's name, which its own metrics carry as `service`. */
  readonly service: string;
  /** Has a sample a minute for each task that runs. */
  readonly running: Metric;
  /** The topics that are told. */
  readonly alarmActions: pulumi.Input<string>[];
}

/** Makes the alarms; gives their ARNs in the order in which somebody should look at them. */
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
      treatMissingData: 'notBreaching', // that it does not run, the first alarm tells
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
        'from Momento: see its log for what is refused',
    ),
    any('missed', 'Missed', 'Momento passed over messages that the relay was to deliver: they are lost'),
    any(
      'malformed',
      'Malformed',
      'The webhook refused messages for good (422 or 413): see the dead-letter queue. Binary ones stand in the log alone',
    ),
    late(
      'checkpoint',
      'CheckpointAge',
      `${LATE_TEXT} the relay could not write its checkpoint: a restart delivers again what was delivered since`,
    ),
  ];
}
