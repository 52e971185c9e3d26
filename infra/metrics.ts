// The metrics of the alarms and the dashboard, by source.
import type * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { HandlerFunction } from './handler-function';
import type { HttpApi } from './http-api';
import { metricsNamespace } from './tags';

export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, pulumi.Input<string>>;
}

/** A metric of SQS. */
export function ofQueue(queue: aws.sqs.Queue, metricName: string): Metric {
  return { namespace: 'AWS/SQS', metricName, dimensions: { QueueName: queue.name } };
}

/** A metric of Lambda. */
export function ofFunction(handler: HandlerFunction, metricName: string): Metric {
  return { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName: handler.functionName } };
}

/** A metric of API Gateway, for an HTTP API (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html). */
export function ofApi({ apiId }: HttpApi, metricName: string): Metric {
  return { namespace: 'AWS/ApiGateway', metricName, dimensions: { ApiId: apiId } };
}

/** A metric of ECS: each running task of a service gives one sample per minute. */
export function ofTasks(clusterName: pulumi.Input<string>, serviceName: pulumi.Input<string>): Metric {
  return {
    namespace: 'AWS/ECS',
    metricName: 'CPUUtilization',
    dimensions: { ClusterName: clusterName, ServiceName: serviceName },
  };
}

/** A metric that a handler counts itself; `service` is the handler's name. */
export function ofService(
  service: string,
  metricName: string,
  dimensions: Record<string, string> = {},
): Metric {
  return { namespace: metricsNamespace, metricName, dimensions: { service, ...dimensions } };
}
