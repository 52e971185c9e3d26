import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from './config';
import type { HandlerFunction } from './handler-function';
import type { HttpApi } from './http-api';
import { makeHttpApiAlarms } from './http-api-alarms';
import { type Metric, ofFunction, ofQueue, ofService } from './metrics';
import type { RedriveQueue } from './redrive';
import { tags } from './tags';

/** In seconds: an event that waits longer shows that Momento has been failing for a while. */
const REDRIVE_AGE = 600;
/** In minutes. SQS's age ignores events that were tried more than three times, so it alone would miss an outage. */
const REDRIVE_WAIT = 10;
/** In seconds: how long no event may match the signing secret before the alarm. */
const WRONG_SECRET_PERIOD = 300;

export interface AlarmsArgs {
  /** The functions by name. A function's own metrics carry its name as `service`. */
  readonly functions: Readonly<Record<string, HandlerFunction>>;
  readonly redriveQueue: RedriveQueue;
  /** If there is one, it has alarms too. */
  readonly api: HttpApi | undefined;
  /** The relay retries when the webhook is throttled; Momento's own webhooks do not. */
  readonly delivery: StackConfig['delivery'];
  /** Who is notified. Without it, the alarms only appear in CloudWatch. */
  readonly email?: string;
}

/** Alarms for what operators should know before their users do. */
export class Alarms extends pulumi.ComponentResource {
  /** The alarms' ARNs, in the order in which to look at them. */
  readonly arns: pulumi.Output<string>[] = [];
  /** The ARNs of the topics that are notified. */
  readonly actions: pulumi.Output<string>[];

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('momento-webhooks:index:Alarms', name, {}, opts);
    const { queue, deadLetterQueue } = args.redriveQueue;
    this.actions = args.email === undefined ? [] : [this.#mail(name, args.email)];

    this.#above(
      'dead-letter-messages',
      0,
      'Maximum',
      ofQueue(deadLetterQueue, 'ApproximateNumberOfMessagesVisible'),
      {
        alarmDescription:
          'Events were given up, permanently refused, or set aside by a full relay: see the dead-letter queue',
      },
    );
    this.#above('redrive-age', REDRIVE_AGE, 'Maximum', ofQueue(queue, 'ApproximateAgeOfOldestMessage'), {
      alarmDescription: `An event has waited more than ${REDRIVE_AGE} s for a try: nothing takes events from the queue`,
    });
    this.#waiting(queue);
    this.#above('lost-events', 0, 'Sum', ofService('webhook', 'Lost'), {
      alarmDescription:
        'A verified event could neither be stored nor queued, and Momento does not send it again',
    });
    for (const [service, handler] of Object.entries(args.functions)) {
      this.#above(`${service}-errors`, 0, 'Sum', ofFunction(handler, 'Errors'), {
        alarmDescription: `The function ${service} failed or timed out`,
      });
      if (service === 'webhook' && args.delivery === 'relay') continue;
      this.#above(`${service}-throttles`, 0, 'Sum', ofFunction(handler, 'Throttles'), {
        alarmDescription: `Calls to the function ${service} were throttled: more at once than its concurrency allows`,
      });
    }
    if (args.api) this.arns.push(...makeHttpApiAlarms(args.api, this.actions, { parent: this }));
    this.#wrongSigningSecret();
    this.registerOutputs({});
  }

  #mail(name: string, email: string): pulumi.Output<string> {
    const topic = new aws.sns.Topic(name, { tags }, { parent: this });
    new aws.sns.TopicSubscription(
      name,
      { topic: topic.arn, protocol: 'email', endpoint: email },
      { parent: this },
    );
    return topic.arn;
  }

  /** Alarms as soon as one minute's value is above `threshold`. */
  #above(
    name: string,
    threshold: number,
    statistic: string,
    metric: Metric,
    more: { alarmDescription: string },
  ): void {
    this.#alarm(name, { ...metric, ...more, statistic, period: 60, evaluationPeriods: 1, threshold });
  }

  /** Events that are tried again and again, whether visible or postponed. */
  #waiting(queue: aws.sqs.Queue): void {
    const least = (id: string, metricName: string) => ({
      id,
      metric: { ...ofQueue(queue, metricName), period: 60, stat: 'Minimum' },
    });
    this.#alarm('redrive-waiting', {
      alarmDescription: `Events have waited for ${REDRIVE_WAIT} minutes: Momento refuses them or is out of reach`,
      metricQueries: [
        { id: 'waiting', expression: 'visible + invisible', returnData: true },
        least('visible', 'ApproximateNumberOfMessagesVisible'),
        least('invisible', 'ApproximateNumberOfMessagesNotVisible'),
      ],
      threshold: 0,
      evaluationPeriods: REDRIVE_WAIT,
    });
  }

  /** The most common failure: the stack's signing secret differs from Momento's, or is not set. */
  #wrongSigningSecret(): void {
    const sum = (id: string, metric: Metric) => ({
      id,
      metric: { ...metric, period: WRONG_SECRET_PERIOD, stat: 'Sum' },
    });
    this.#alarm('wrong-signing-secret', {
      alarmDescription:
        'Events that look signed are denied and none is accepted: compare the signing secret with the one in Momento',
      metricQueries: [
        {
          id: 'wrong',
          // Each operation is in parentheses, because the precedence in metric math is not documented.
          expression: 'IF(((FILL(denied, 0) + FILL(unknown, 0)) > 0) AND (FILL(accepted, 0) == 0), 1, 0)',
          returnData: true,
        },
        sum('denied', ofService('webhook', 'Denied', { reason: 'signature' })),
        sum('unknown', ofService('webhook', 'Denied', { reason: 'secret' })),
        sum('accepted', ofService('webhook', 'Accepted')),
      ],
      threshold: 0,
      evaluationPeriods: 1,
    });
  }

  #alarm(name: string, args: Omit<aws.cloudwatch.MetricAlarmArgs, 'comparisonOperator'>): void {
    const alarm = new aws.cloudwatch.MetricAlarm(
      name,
      {
        comparisonOperator: 'GreaterThanThreshold',
        treatMissingData: 'notBreaching', // an idle stack is healthy
        alarmActions: this.actions,
        okActions: this.actions,
        tags,
        ...args,
      },
      { parent: this },
    );
    this.arns.push(alarm.arn);
  }
}
