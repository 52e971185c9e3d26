// The HTTP API's alarms. CloudWatch counts throttled requests among the 4xx: the access log tells them apart.
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { HttpApi } from './http-api';
import { ofApi } from './metrics';
import { tags } from './tags';

/** In five minutes. A public address is probed now and then; this is a flood, or a backend that does not get in. */
const REFUSED = 100;
/** In milliseconds. Momento gives up after five seconds. */
const SLOW = 4_000;
/** In minutes: how many of how many must be slow, so that a single cold start raises no alarm. */
const SLOW_IN = { datapointsToAlarm: 3, evaluationPeriods: 5 };

/** Creates the alarms. Returns their ARNs in the order in which to look at them. */
export function makeHttpApiAlarms(
  api: HttpApi,
  alarmActions: pulumi.Input<string>[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string>[] {
  const above = (
    name: string,
    metricName: string,
    more: Omit<aws.cloudwatch.MetricAlarmArgs, 'comparisonOperator'>,
  ) =>
    new aws.cloudwatch.MetricAlarm(
      `api-${name}`,
      {
        ...ofApi(api, metricName),
        comparisonOperator: 'GreaterThanThreshold',
        treatMissingData: 'notBreaching',
        alarmActions,
        okActions: alarmActions,
        tags,
        ...more,
      },
      opts,
    ).arn;
  return [
    above('5xx', '5xx', {
      alarmDescription:
        'The API answered 5xx: a function did, or API Gateway could not call it; its access log tells which',
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 1,
      threshold: 0,
    }),
    above('4xx', '4xx', {
      alarmDescription: `In five minutes the API refused more than ${REFUSED} requests, throttled ones (429) among them: see its access log`,
      statistic: 'Sum',
      period: 300,
      evaluationPeriods: 1,
      threshold: REFUSED,
    }),
    above('latency', 'Latency', {
      alarmDescription: `In ${SLOW_IN.datapointsToAlarm} of ${SLOW_IN.evaluationPeriods} minutes an answer of the API took more than ${SLOW / 1000} s, and Momento waits for 5 s`,
      statistic: 'Maximum',
      period: 60,
      threshold: SLOW,
      ...SLOW_IN,
    }),
  ];
}
