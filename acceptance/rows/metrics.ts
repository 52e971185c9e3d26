// After traffic of every kind, every metric that an alarm watches or the dashboard draws has a value.
import {
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import * as v from 'valibot';
import { type Context, idOf, idsOf } from '../context';
import { Undecidable } from '../errors';
import { failed, held, type Row } from '../row';

/** The documented delay of new metrics in CloudWatch, and of metrics of an idle queue in SQS. */
const WITHIN_MS = 15 * 60_000;
/** One value per day: it matters only whether there is one. */
const PERIOD_S = 86_400;

/** One metric, or a search for several. */
export type Named =
  | {
      readonly namespace: string;
      readonly name: string;
      readonly dimensions: readonly (readonly [string, string])[];
    }
  | { readonly search: string };

const drawn = v.union([
  v.pipe(
    v.array(v.unknown()),
    v.transform((parts) => parts.filter((part) => typeof part === 'string')),
    v.check((parts) => parts.length >= 2 && !parts.some((part) => /^\.+$/.test(part))),
  ),
  v.tuple([v.object({ expression: v.string() })]),
]);
const body = v.object({
  widgets: v.array(v.object({ properties: v.object({ metrics: v.optional(v.array(drawn), []) }) })),
});

export const metrics = {
  name: 'metrics of alarms and dashboard',
  needs: ['traffic', 'redrive timing'],
  async decide(context: Pick<Context, 'aws' | 'stack' | 'waitFor' | 'since'>) {
    const named = distinct([...(await watched(context)), ...(await onDashboard(context))]);
    let missing: readonly Named[] = named;
    const all = await context.waitFor(
      { what: 'the metrics', withinMs: WITHIN_MS, everyMs: 30_000 },
      async () => {
        missing = await withoutValue(missing, context);
        return missing.length === 0 ? true : undefined;
      },
    );
    if (all) return held(`${named.length} metrics, each with values`);
    return failed(`without a value: ${missing.map(label).join(', ')}`);
  },
} satisfies Row;

async function watched({ aws, stack }: Pick<Context, 'aws' | 'stack'>): Promise<Named[]> {
  const AlarmNames = [...(await idsOf(stack, 'alarm')).values()];
  const { MetricAlarms = [] } = await aws.cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames, MaxRecords: 100 }),
  );
  if (MetricAlarms.length < AlarmNames.length)
    throw new Undecidable('DescribeAlarms did not return every alarm');
  return MetricAlarms.flatMap(ofAlarm);
}

/** The metrics that an alarm watches: one, or those of its expression. */
export function ofAlarm({ Namespace, MetricName, Dimensions, Metrics = [] }: MetricAlarm): Named[] {
  const own = { Namespace, MetricName, Dimensions };
  return [own, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])].flatMap((metric) =>
    metric.Namespace === undefined || metric.MetricName === undefined
      ? []
      : {
          namespace: metric.Namespace,
          name: metric.MetricName,
          dimensions: (metric.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value] as const),
        },
  );
}

async function onDashboard({ aws, stack }: Pick<Context, 'aws' | 'stack'>): Promise<Named[]> {
  const DashboardName = await idOf(stack, 'dashboard', 'dashboard');
  const { DashboardBody = '' } = await aws.cloudWatch.send(new GetDashboardCommand({ DashboardName }));
  return ofDashboard(DashboardBody);
}

/**
 * The metrics that a dashboard draws
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html).
 * Throws if a line has a form that the program does not use.
 */
export function ofDashboard(text: string): Named[] {
  const { widgets } = v.parse(body, JSON.parse(text));
  return widgets.flatMap(({ properties }) =>
    properties.metrics.flatMap((line): Named[] => {
      const [first, ...rest] = line;
      if (typeof first === 'object') return [{ search: first.expression }];
      const [name = '', ...pairs] = rest.filter((part) => typeof part === 'string');
      const dimensions = pairs.flatMap((key, index) =>
        index % 2 === 0 ? [[key, pairs[index + 1] ?? ''] as const] : [],
      );
      return first === undefined ? [] : [{ namespace: first, name, dimensions }];
    }),
  );
}

function distinct(all: readonly Named[]): Named[] {
  return [...new Map(all.map((each) => [label(each), each])).values()];
}

/** The same name for the same metric. */
function label(metric: Named): string {
  if ('search' in metric) return metric.search;
  const { namespace, name, dimensions } = metric;
  const pairs = dimensions.map(([key, value]) => `${key}=${value}`).sort();
  return [namespace, name, ...pairs].join(' ');
}

/** GetMetricData takes 500 per call; a stack has about 60. */
async function withoutValue(
  named: readonly Named[],
  { aws, since }: Pick<Context, 'aws' | 'since'>,
): Promise<Named[]> {
  const MetricDataQueries = named.map((metric, index) => query(`m${index}`, metric));
  const { MetricDataResults = [] } = await aws.cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: new Date(since - (since % (PERIOD_S * 1000))),
      EndTime: new Date(since + 2 * PERIOD_S * 1000),
    }),
  );
  const seen = new Set(MetricDataResults.flatMap(({ Id, Values = [] }) => (Values.length > 0 ? Id : [])));
  return named.filter((_metric, index) => !seen.has(`m${index}`));
}

function query(Id: string, metric: Named): MetricDataQuery {
  if ('search' in metric) return { Id, Expression: metric.search };
  const { namespace: Namespace, name: MetricName, dimensions } = metric;
  const Dimensions = dimensions.map(([Name, Value]) => ({ Name, Value }));
  return {
    Id,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: PERIOD_S, Stat: 'SampleCount' },
  };
}
