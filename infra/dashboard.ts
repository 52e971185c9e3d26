import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Alarms } from './alarms';
import type { HandlerFunction } from './handler-function';
import type { HttpApi } from './http-api';
import { type Metric, ofApi, ofFunction, ofQueue, ofService } from './metrics';
import type { RedriveQueue } from './redrive';
import { dashboardPage } from './regions';
import type { Relay } from './relay';
import { metricsNamespace, tags } from './tags';

export interface DashboardArgs {
  /** The functions by name. A function's own metrics carry its name as `service`. */
  readonly functions: Readonly<Record<string, HandlerFunction>>;
  readonly redriveQueue: RedriveQueue;
  /** If there is one, its metrics are shown too. */
  readonly api: HttpApi | undefined;
  readonly alarms: Alarms;
  /** If the relay delivers, its metrics are shown too. */
  readonly relay?: Relay;
}

interface Line {
  readonly metric: Metric;
  readonly label: string;
  readonly stat: string;
}

interface Widget {
  readonly type: 'metric' | 'alarm';
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The number of columns of CloudWatch's dashboard grid. */
const COLUMNS = 24;

/** The stack at a glance: the alarms first, then each comment's journey from left to right and top to bottom. */
export class Dashboard extends pulumi.ComponentResource {
  /** The dashboard's page, for users who are signed in to the account. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super('momento-webhooks:index:Dashboard', name, {}, opts);
    const arn = arnOf(args.functions);
    const region = arn.apply((of) => of.split(':')[3] ?? '');
    const dashboard = new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: nameOf(args.functions),
        dashboardBody: pulumi.jsonStringify({ start: '-PT3H', widgets: grid(rows(args, region)) }),
      },
      { parent: this },
    );
    this.url = pulumi.all([arn, dashboard.dashboardName]).apply(([of, called]) => dashboardPage(of, called));
    this.registerOutputs({ url: this.url });
  }
}

/**
 * Dashboard names are unique per account, across regions, and AWS generates none. The random ending of a function's name
 * distinguishes stacks whose names would be the same.
 */
function nameOf(functions: DashboardArgs['functions']): pulumi.Output<string> {
  const names = Object.values(functions).map(({ functionName }) => functionName);
  const ending = pulumi.all(names).apply(([name = '']) => name.slice(name.lastIndexOf('-')));
  return pulumi.interpolate`${`${tags.project}-${tags.stack}`.replaceAll('.', '_')}${ending}`;
}

function rows(args: DashboardArgs, region: pulumi.Output<string>): Widget[][] {
  const { api, relay } = args;
  const { queue, deadLetterQueue } = args.redriveQueue;
  const alarms = [...args.alarms.arns, ...(relay?.alarms ?? [])];
  const functions = Object.entries(args.functions);
  const graph = (title: string, lines: readonly Line[], unit: string) => metrics(region, title, unit, lines);
  return [
    [{ type: 'alarm', height: 3, properties: { title: 'Alarms', alarms } }],
    [
      graph(
        'Events that the webhook accepted, by outcome',
        [
          sum('accepted', ofService('webhook', 'Accepted')),
          sum('stored', ofService('webhook', 'Stored')),
          sum('queued', ofService('webhook', 'Queued')),
          sum('lost', ofService('webhook', 'Lost')),
          sum('stored from the queue', ofService('redrive', 'Redriven')),
          sum('postponed again', ofService('redrive', 'Postponed')),
        ],
        'events',
      ),
      denials(region),
      graph(
        'Calls by backends',
        [
          sum('published', ofService('publisher', 'Published')),
          sum('not published', ofService('publisher', 'NotPublished')),
          sum('tokens vended', ofService('tokens', 'Vended')),
          sum('tokens not vended', ofService('tokens', 'NotVended')),
          sum('publisher had a token', ofService('publisher', 'TokenCacheHit')),
          sum('publisher needed a token', ofService('publisher', 'TokenCacheMiss')),
        ],
        'calls',
      ),
    ],
    [
      graph(
        'Momento’s answers',
        [
          ...latency('store', ofService('webhook', 'StoreLatency')),
          ...latency('publish', ofService('publisher', 'PublishLatency')),
          ...latency('token', ofService('tokens', 'TokenLatency')),
        ],
        'ms',
      ),
      graph(
        'Functions’ answers',
        functions.flatMap(([name, handler]) => latency(name, ofFunction(handler, 'Duration'))),
        'ms',
      ),
      graph(
        'Functions’ errors and throttles',
        functions.flatMap(([name, handler]) => [
          sum(`${name}: errors`, ofFunction(handler, 'Errors')),
          sum(`${name}: throttles`, ofFunction(handler, 'Throttles')),
        ]),
        'calls',
      ),
    ],
    [
      graph(
        'Waiting in the queues',
        [
          most('to be stored', ofQueue(queue, 'ApproximateNumberOfMessagesVisible')),
          most('being stored, or postponed', ofQueue(queue, 'ApproximateNumberOfMessagesNotVisible')),
          most('given up', ofQueue(deadLetterQueue, 'ApproximateNumberOfMessagesVisible')),
        ],
        'events',
      ),
      graph(
        'Age of the oldest event in the queue',
        [most('oldest', ofQueue(queue, 'ApproximateAgeOfOldestMessage'))],
        'seconds',
      ),
    ],
    ...(api ? [apiRow(api, graph)] : []),
    ...(relay ? [relayRow(relay, graph)] : []),
  ];
}

type Graph = (title: string, lines: readonly Line[], unit: string) => Widget;

function apiRow(api: HttpApi, graph: Graph): Widget[] {
  return [
    graph(
      'The API’s requests',
      [
        sum('all', ofApi(api, 'Count')),
        sum('refused or throttled (4xx)', ofApi(api, '4xx')),
        sum('failed (5xx)', ofApi(api, '5xx')),
      ],
      'requests',
    ),
    graph(
      'The API’s answers',
      [...latency('all', ofApi(api, 'Latency')), ...latency('functions', ofApi(api, 'IntegrationLatency'))],
      'ms',
    ),
  ];
}

function relayRow(relay: Relay, graph: Graph): Widget[] {
  return [
    graph(
      'The relay’s deliveries',
      [
        sum('delivered', ofService('relay', 'Delivered')),
        sum('tried again', ofService('relay', 'Retried')),
        sum('given up', ofService('relay', 'DeadLettered')),
        sum('malformed', ofService('relay', 'Malformed')),
        sum('missed', ofService('relay', 'Missed')),
      ],
      'messages',
    ),
    graph(
      'How far behind the relay is',
      [
        most('oldest message, or silence from Momento', ofService('relay', 'Lag')),
        most('checkpoint', ofService('relay', 'CheckpointAge')),
      ],
      'ms',
    ),
    graph('The relay’s tasks', [{ metric: relay.running, label: 'running', stat: 'SampleCount' }], 'tasks'),
  ];
}

const sum = (label: string, metric: Metric): Line => ({ metric, label, stat: 'Sum' });
const most = (label: string, metric: Metric): Line => ({ metric, label, stat: 'Maximum' });
const latency = (of: string, metric: Metric): Line[] =>
  ['p50', 'p99'].map((stat) => ({ metric, label: `${of} ${stat}`, stat }));

function metrics(region: pulumi.Output<string>, title: string, unit: string, lines: readonly Line[]): Widget {
  return graphOf(
    region,
    title,
    unit,
    lines.map(({ metric: { namespace, metricName, dimensions }, label, stat }) => {
      const flat = pulumi.output(dimensions).apply((all) => Object.entries(all).flat());
      return flat.apply((pairs) => [namespace, metricName, ...pairs, { label, stat }]);
    }),
  );
}

/** A search, so that new reasons of a later version of the handler are shown too. */
function denials(region: pulumi.Output<string>): Widget {
  const of = `{"${metricsNamespace}",reason,service}`;
  const expression = `SEARCH('${of} MetricName="Denied" service="webhook"', 'Sum', 60)`;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch puts the dimension's value there
  const label = "${PROP('Dim.reason')}";
  return graphOf(region, 'Requests that the webhook denied, by reason', 'requests', [
    [{ expression, label }],
  ]);
}

function graphOf(
  region: pulumi.Output<string>,
  title: string,
  unit: string,
  drawn: readonly unknown[],
): Widget {
  const yAxis = { left: { min: 0, label: unit, showUnits: false } };
  const properties = { title, region, view: 'timeSeries', period: 60, metrics: drawn, yAxis };
  return { type: 'metric', height: 6, properties };
}

/** Gives each widget its place: rows from the top, the widgets of a row equally wide. */
function grid(all: readonly (readonly Widget[])[]) {
  let top = 0;
  return all.flatMap((row) => {
    const [y, width] = [top, COLUMNS / row.length];
    top += Math.max(...row.map(({ height }) => height));
    return row.map((widget, index) => ({ ...widget, x: index * width, y, width }));
  });
}

/** The ARN of any of its functions, which names the stack's region and partition. */
function arnOf(functions: DashboardArgs['functions']): pulumi.Output<string> {
  const arns = Object.values(functions).map(({ functionArn }) => functionArn);
  return pulumi.all(arns).apply(([arn = '']) => arn);
}
