import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type HandlerFunction, TIMEOUT_SECONDS } from './handler-function';
import { tags } from './tags';

/** Tries before an event is given up. With the handler's delays, they take a little over an hour. */
const TRIES = 10;
/** 14 days, the longest time that SQS keeps a message. */
const RETENTION_SECONDS = 14 * 24 * 3600;

/** Keeps verified events that could not be stored, until they are stored or given up. */
export class RedriveQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;
  readonly deadLetterQueue: aws.sqs.Queue;

  constructor(
    private readonly name: string,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('momento-webhooks:index:RedriveQueue', name, {}, opts);
    const kept = { messageRetentionSeconds: RETENTION_SECONDS, sqsManagedSseEnabled: true, tags };
    this.deadLetterQueue = new aws.sqs.Queue(`${name}-dead-letter`, kept, { parent: this });
    this.queue = new aws.sqs.Queue(
      name,
      {
        ...kept,
        // AWS advises at least six times the function's time-out, so that a throttled batch is not handed out twice.
        visibilityTimeoutSeconds: 6 * TIMEOUT_SECONDS,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: this.deadLetterQueue.arn,
          maxReceiveCount: TRIES,
        }),
      },
      { parent: this },
    );
    this.registerOutputs({ queueUrl: this.queue.url, deadLetterQueueUrl: this.deadLetterQueue.url });
  }

  /** The policy statement for putting events into the queue. */
  get sending(): aws.iam.PolicyStatement {
    return { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: this.queue.arn };
  }

  /** The policy statement for putting events that were given up into the dead-letter queue. */
  get deadLettering(): aws.iam.PolicyStatement {
    return { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: this.deadLetterQueue.arn };
  }

  /** The policy statement for taking events from the queue and postponing them. */
  get receiving(): aws.iam.PolicyStatement {
    return {
      Effect: 'Allow',
      Action: [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ChangeMessageVisibility',
      ],
      Resource: this.queue.arn,
    };
  }

  /** Passes the queue's events to a handler in batches; single events of a batch may fail. */
  deliverTo(handler: HandlerFunction): void {
    new aws.lambda.EventSourceMapping(
      this.name,
      {
        eventSourceArn: this.queue.arn,
        functionName: handler.functionName,
        batchSize: 10,
        functionResponseTypes: ['ReportBatchItemFailures'],
        scalingConfig: { maximumConcurrency: 2 }, // SQS's minimum: Momento should recover, not be flooded
        tags,
      },
      { parent: this },
    );
  }
}
