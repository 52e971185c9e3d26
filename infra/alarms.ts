import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from './config';
import type { HandlerFunction } from './handler-function';
import { type Metric, ofFunction, ofQueue, ofService } from './metrics';
import type { RedriveQueue } from './redrive';
import { tags } from './tags';

/** In seconds: an event that waits for longer means that Momento has been failing for a while. */
const REDRIVE_AGE = 600;
/** In minutes: SQS's age leaves out what was tried more than three times, so that it alone would not tell of an outage. */
const REDRIVE_WAIT = 10;
/** In seconds: how long no event may match the signing secret before somebody is told. */
const WRONG_SECRET_PERIOD = 300;

export interface AlarmsArgs {
  /** Each by its name, which its own metrics carry as `service`. */
  readonly functions: Readonly<Record<string, HandlerFunction>>;
  readonly redriveQueue: RedriveQueue;
  /** The relay calls again where the webhook was throttled; Momento's own webhooks call once. */
  readonly delivery: StackConfig['delivery'];
  /** Who is told; without it the alarms are seen in CloudWatch alone. */
  readonly email?: string;
}

/** What somebody should know of before the users do. */
export class Alarms extends pulumi.ComponentResource {
  /** The alarms' ARNs, in the order in which somebody should look at them. */
  readonly arns: pulumi.Output<string>[] = [];
  /** The ARNs of who is told about an alarm. */
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
        alarmDescription: 'Events were given up, or refused for good: see what is in the dead-letter queue',
      },
    );
    this.#above('redrive-age', REDRIVE_AGE, 'Maximum', ofQueue(queue, 'ApproximateAgeOfOldestMessage'), {
      alarmDescription: `An event has waited for more than ${REDRIVE_AGE} s to be tried: nothing takes events from the queue`,
    });
    this.#waiting(queue);
    this.#above('lost-events', 0, 'Sum', ofService('webhook', 'Lost'), {
      alarmDescription:
        'A verified event could neither be stored nor queued, and Momento does not send it again',
    });
    for (const [service, handler] of Object.entries(args.functions)) {
      this.#above(`${service}-errors`, 0, 'Sum', ofFunction(handler, 'Errors'), {
        alarmDescription: `The function ${service} failed or ran into its time-out`,
      });
      if (service === 'webhook' && args.delivery === 'relay') continue;
      this.#above(`${service}-throttles`, 0, 'Sum', ofFunction(handler, 'Throttles'), {
        alarmDescription: `The function ${service} was called more often at once than its concurrency allows`,
      });
    }
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

  /** Events that are tried again and again, be they visible or put off. */
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

  /** The commonest failure of all: what Momento signs with is not what the stack has, or the stack has nothing. */
  #wrongSigningSecret(): void {
    const sum = (id: string, metric: Metric) => ({
      id,
      metric: { ...metric, period: WRONG_SECRET_PERIOD, stat: 'Sum' },
    });
    this.#alarm('wrong-signing-secret', {
      alarmDescription:
        'What looks signed is denied and nothing was accepted: compare the signing secret with that of Momento',
      metricQueries: [
        {
          id: 'wrong',
          // Each operation in parentheses: which one metric math does first is documented nowhere.
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
        treatMissingData: 'notBreaching', // an idle stack is a healthy one
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
