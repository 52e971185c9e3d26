// CloudWatch metrics in the embedded metric format. Namespace and service come from the environment that Powertools
// reads: POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME. Nothing in them is of one user or one course.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics();

/** Counts something that happened. */
export function count(name: string, times = 1): void {
  metrics.addMetric(name, MetricUnit.Count, times);
}

/** Counts with a dimension of its own, `reason`, and writes it at once. Reasons must be few and fixed. */
export function countReason(name: string, reason: string, times: number): void {
  metrics.singleMetric().addDimension('reason', reason).addMetric(name, MetricUnit.Count, times);
}

/** Records how long something takes or lasts, in milliseconds. */
export function measured(name: string, milliseconds: number): void {
  metrics.addMetric(name, MetricUnit.Milliseconds, milliseconds);
}

/** The result of `work`, whose milliseconds are recorded, whether it succeeds or fails. */
export async function timed<T>(name: string, work: Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work;
  } finally {
    measured(name, performance.now() - start);
  }
}

/** Writes what was counted, as one line. */
export function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
