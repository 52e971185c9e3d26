// The metrics that alarms watch and the dashboard draws, by whom they are about.
import type * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { HandlerFunction } from './handler-function';
import { metricsNamespace } from './tags';

export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, pulumi.Input<string>>;
}

/** Of SQS. */
export function ofQueue(queue: aws.sqs.Queue, metricName: string): Metric {
  return { namespace: 'AWS/SQS', metricName, dimensions: { QueueName: queue.name } };
}

/** Of Lambda. */
export function ofFunction(handler: HandlerFunction, metricName: string): Metric {
  return { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName: handler.functionName } };
}

/** Of ECS: each task of a service that is running gives a sample a minute. */
export function ofTasks(clusterName: pulumi.Input<string>, serviceName: pulumi.Input<string>): Metric {
  return {
    namespace: 'AWS/ECS',
    metricName: 'CPUUtilization',
    dimensions: { ClusterName: clusterName, ServiceName: serviceName },
  };
}

/** One that a handler counts itself; `service` is the handler's name. */
export function ofService(
  service: string,
  metricName: string,
  dimensions: Record<string, string> = {},
): Metric {
  return { namespace: metricsNamespace, metricName, dimensions: { service, ...dimensions } };
}
