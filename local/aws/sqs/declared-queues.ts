// The queues that the program declares, and the functions that get messages from them.
import * as v from 'valibot';
import { functionNameOf, type Resource, read } from '../declared';
import type { QueueSettings } from './message-queue';

export type DeclaredQueue = QueueSettings;

export interface DeclaredMapping {
  readonly name: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  /** Whether the function can fail single messages of a batch. */
  readonly partial: boolean;
  readonly maxConcurrency: number;
}

/** AWS's defaults: 30 seconds of visibility, four days of retention. */
const queueShape = v.object({
  name: v.string(),
  arn: v.string(),
  url: v.string(),
  visibilityTimeoutSeconds: v.optional(v.number(), 30),
  delaySeconds: v.optional(v.number(), 0),
  messageRetentionSeconds: v.optional(v.number(), 345_600),
  redrivePolicy: v.optional(
    v.pipe(
      v.string(),
      v.parseJson(),
      v.object({ deadLetterTargetArn: v.string(), maxReceiveCount: v.number() }),
    ),
  ),
});

const mappingShape = v.object({
  eventSourceArn: v.string(),
  functionName: v.string(),
  batchSize: v.optional(v.number(), 10),
  functionResponseTypes: v.optional(v.array(v.string()), []),
  scalingConfig: v.optional(v.object({ maximumConcurrency: v.number() })),
});

export function readQueues(resources: readonly Resource[]): DeclaredQueue[] {
  return read(resources, 'aws:sqs/queue:Queue', queueShape).map(({ value }) => ({
    arn: value.arn,
    name: value.name,
    url: value.url,
    visibilityMs: value.visibilityTimeoutSeconds * 1000,
    delayMs: value.delaySeconds * 1000,
    retentionMs: value.messageRetentionSeconds * 1000,
    ...(value.redrivePolicy && {
      giveUp: {
        deadLetterArn: value.redrivePolicy.deadLetterTargetArn,
        maxReceives: value.redrivePolicy.maxReceiveCount,
      },
    }),
  }));
}

export function readMappings(resources: readonly Resource[]): DeclaredMapping[] {
  const mappings = read(resources, 'aws:lambda/eventSourceMapping:EventSourceMapping', mappingShape);
  return mappings.map(({ name, value }) => ({
    name,
    queueArn: value.eventSourceArn,
    functionName: functionNameOf(value.functionName),
    batchSize: value.batchSize,
    partial: value.functionResponseTypes.includes('ReportBatchItemFailures'),
    maxConcurrency: value.scalingConfig?.maximumConcurrency ?? 5,
  }));
}
