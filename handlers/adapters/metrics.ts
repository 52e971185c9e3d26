// CloudWatch metrics in the embedded metric format. Namespace and service come from the environment variables that Powertools
// reads: POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME. No metric identifies a user or a course.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics();

/** Counts something that happened. */
export function count(name: string, times = 1): void {
  metrics.addMetric(name, MetricUnit.Count, times);
}

/** Counts with an extra dimension, `reason`, and writes the metric at once. Reasons must be few and fixed. */
export function countReason(name: string, reason: string, times: number): void {
  metrics.singleMetric().addDimension('reason', reason).addMetric(name, MetricUnit.Count, times);
}

/** Records how long something takes or lasts, in milliseconds. */
export function measured(name: string, milliseconds: number): void {
  metrics.addMetric(name, MetricUnit.Milliseconds, milliseconds);
}

/** Returns the result of `work`. Records how long it took, in milliseconds, whether it succeeds or fails. */
export async function timed<T>(name: string, work: Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work;
  } finally {
    measured(name, performance.now() - start);
  }
}

/** Compiles what the first count needs. Nothing is counted. */
export function rehearseMetrics(): void {
  const uncounted = new Metrics();
  uncounted.addMetric('Rehearsed', MetricUnit.Count, 1);
  uncounted.serializeMetrics();
}

/** Writes the counts as one line. */
export function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
