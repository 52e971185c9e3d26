// The rows about what people see in CloudWatch: the dashboard, the metrics, the queries.
import assert from 'node:assert/strict';
import { documentedQueries, queriesIn } from '../../acceptance/documented-queries';
import { Undecidable } from '../../acceptance/errors';
import { dashboard } from '../../acceptance/rows/dashboard';
import { rowsOf } from '../../acceptance/rows/insights';
import { metrics } from '../../acceptance/rows/metrics';
import { type Answers, knownStack, type RecordedAws, Refused, recordedAws, waitFor } from './recorded-aws';

const REQUEST_ID = '5a1d2c3b-0000-4000-8000-000000000000';
const SEARCH = `SEARCH('{"p/s",reason,service} MetricName="Denied" service="webhook"', 'Sum', 60)`;
const BODY = JSON.stringify({
  start: '-PT3H',
  widgets: [
    { type: 'alarm', properties: { title: 'Alarms', alarms: ['arn:aws:cloudwatch:::alarm:lost'] } },
    {
      type: 'metric',
      properties: {
        metrics: [
          ['p/s', 'Stored', 'service', 'webhook', { label: 'stored', stat: 'Sum' }],
          ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', 'redrive', { stat: 'Maximum' }],
        ],
      },
    },
    { type: 'metric', properties: { metrics: [[{ expression: SEARCH, label: 'reason' }]] } },
  ],
});
/** As DescribeAlarms gives them: one metric, or those of an expression. */
const ALARMS = [
  {
    AlarmName: 'lost',
    Namespace: 'p/s',
    MetricName: 'Lost',
    Dimensions: [{ Name: 'service', Value: 'webhook' }],
  },
  {
    AlarmName: 'waiting',
    Metrics: [
      { Id: 'waiting', Expression: 'visible + invisible', ReturnData: true },
      {
        Id: 'visible',
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateNumberOfMessagesVisible',
            Dimensions: [{ Name: 'QueueName', Value: 'redrive' }],
          },
          Period: 60,
          Stat: 'Minimum',
        },
      },
    ],
  },
];
const RESOURCES = [
  { type: 'aws:cloudwatch/dashboard:Dashboard', name: 'dashboard', id: 'p-s-1234567' },
  { type: 'aws:cloudwatch/metricAlarm:MetricAlarm', name: 'lost-events', id: 'lost' },
  { type: 'aws:cloudwatch/metricAlarm:MetricAlarm', name: 'redrive-waiting', id: 'waiting' },
  { type: 'aws:cloudwatch/logGroup:LogGroup', name: 'webhook', id: 'webhook-1234567' },
];
const stack = knownStack({}, RESOURCES);

describe('the acceptance of what is seen in CloudWatch', () => {
  let recorded: RecordedAws | undefined;
  afterEach(() => recorded?.close());

  async function aws(answers: Answers) {
    recorded = await recordedAws(answers);
    return recorded.aws;
  }

  describe('the dashboard', () => {
    /** CloudWatch, which complains about the control's body in this way, and about the dashboard's in that. */
    async function verdictWhere(control: () => unknown, own: () => unknown) {
      const answers: Answers = {
        GetDashboard: () => ({ DashboardBody: BODY, DashboardName: 'p-s-1234567' }),
        PutDashboard: ({ DashboardBody }) => (DashboardBody === BODY ? own() : control()),
        DeleteDashboards: () => ({}),
      };
      return dashboard.decide({ aws: await aws(answers), stack });
    }
    const message = { DataPath: '/widgets/1/properties', Message: 'Should have required property region' };
    const complaint = () => ({ DashboardValidationMessages: [message] });
    const nothing = () => ({ DashboardValidationMessages: [] });
    const refusal = () => {
      const more = { dashboardValidationMessages: [message] };
      throw new Refused('com.amazonaws.cloudwatch#DashboardInvalidInputError', 400, more);
    };

    it('holds where PutDashboard complains about a faulty body and not about its own, and leaves nothing', async () => {
      for (const control of [complaint, refusal]) {
        assert.equal((await verdictWhere(control, nothing)).result, 'held');
        const put = recorded?.calls.filter(({ operation }) => operation === 'PutDashboard') ?? [];
        assert.deepEqual(
          put.map(({ input }) => input.DashboardName),
          ['p-s-1234567-acceptance', 'p-s-1234567-acceptance'],
        );
        assert.deepEqual(recorded?.calls.at(-1), {
          operation: 'DeleteDashboards',
          input: { DashboardNames: ['p-s-1234567-acceptance'] },
        });
        await recorded?.close();
      }
    });

    it('fails with the messages about its own body, and where it is refused', async () => {
      const { result, why } = await verdictWhere(complaint, complaint);
      assert.equal(result, 'FAILED');
      assert.match(why, /\/widgets\/1\/properties: Should have required property region/);
      await recorded?.close();
      assert.equal((await verdictWhere(complaint, refusal)).result, 'FAILED');
    });

    it('names the dashboard that it could not take away again, and the command that does', async () => {
      const answers: Answers = {
        GetDashboard: () => ({ DashboardBody: BODY }),
        PutDashboard: ({ DashboardBody }) => (DashboardBody === BODY ? nothing() : complaint()),
        DeleteDashboards: () => {
          throw new Refused('AccessDenied', 403);
        },
      };
      await assert.rejects(
        dashboard.decide({ aws: await aws(answers), stack }),
        /left; remove it with aws cloudwatch delete-dashboards --dashboard-names p-s-1234567-acceptance: /,
      );
    });

    it('is not decided where a faulty body is taken without a word', async () => {
      await assert.rejects(verdictWhere(nothing, nothing), Undecidable);
    });
  });

  describe('the metrics', () => {
    /** CloudWatch with values for those of the metrics that are named so. */
    async function verdictWith(known: readonly string[]) {
      const answers: Answers = {
        DescribeAlarms: () => ({ MetricAlarms: ALARMS, CompositeAlarms: [] }),
        GetDashboard: () => ({ DashboardBody: BODY }),
        GetMetricData: ({ MetricDataQueries }) => ({
          MetricDataResults: resultsOf(MetricDataQueries, known),
          Messages: [],
        }),
      };
      return metrics.decide({ aws: await aws(answers), stack, waitFor, since: Date.now() });
    }
    const ALL = [
      'Stored',
      'Lost',
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesVisible',
      SEARCH,
    ];

    it('hold where each that an alarm watches or the dashboard draws has a value', async () => {
      const { result, why } = await verdictWith(ALL);
      assert.deepEqual([result, why], ['held', '5 metrics, each with values']);
    });

    for (const missing of ALL) {
      it(`fail without ${missing}, by its name`, async () => {
        const { result, why } = await verdictWith(ALL.filter((each) => each !== missing));
        assert.equal(result, 'FAILED');
        assert(why.includes(missing), why);
        for (const other of ALL) if (other !== missing) assert(!why.includes(other), why);
      });
    }

    it('are not decided where not every alarm is told', async () => {
      const answers: Answers = { DescribeAlarms: () => ({ MetricAlarms: ALARMS.slice(1) }) };
      const context = { aws: await aws(answers), stack, waitFor, since: Date.now() };
      await assert.rejects(metrics.decide(context), Undecidable);
    });
  });

  describe('the documented queries', () => {
    it('are found in the documentation, each with its title', () => {
      const queries = documentedQueries();
      assert(queries.length >= 4);
      assert(queries.some(({ text }) => /filter message\.requestId = "[0-9a-f-]{36}"/.test(text)));
      for (const { title, text } of queries) {
        assert(text.startsWith(`# ${title}\n`));
        assert.match(text, /\b(fields|filter|stats)\b/);
      }
    });

    it('are those after a line that names Logs Insights and before the next heading, and no other block', () => {
      const block = (title: string) => `\`\`\`text\n# ${title}\nfilter a = "${title}"\n\`\`\`\n`;
      const text = `# A\n${block('no')}\n## Logs Insights\n${block('one')}\n\`\`\`sh\n# two\n\`\`\`\n### Next\n${block('no')}`;
      assert.deepEqual(
        queriesIn(text).map(({ title }) => title),
        ['one'],
      );
    });

    it('are an error where there are none', () => {
      assert.throws(() => documentedQueries('/nowhere'), /there is no query after "Logs Insights"/);
    });

    const query = (title: string, file = 'README.md') => ({
      file,
      title,
      text: `# ${title}\nfilter message.requestId = "8ab6d424-78f3-47f1-a7e0-c0a6c9763d20"`,
    });
    async function verdictWhere(rows: (queryString: string) => object[], status = 'Complete') {
      const started: string[] = [];
      const answers: Answers = {
        StartQuery: ({ queryString }) => ({ queryId: String(started.push(String(queryString)) - 1) }),
        GetQueryResults: ({ queryId }) => ({ status, results: rows(started[Number(queryId)] ?? '') }),
      };
      const facts = { get: () => REQUEST_ID, set: () => {} };
      const context = { aws: await aws(answers), stack, facts, since: Date.now(), waitFor };
      return rowsOf([query('one'), query('two')], context);
    }
    const row = [{ field: 'message.outcome', value: 'stored' }];

    it('hold where each gives rows, with an id of this run in place of the example', async () => {
      const { result, why } = await verdictWhere((text) => (text.includes(`"${REQUEST_ID}"`) ? row : []));
      assert.deepEqual([result, why], ['held', '2 queries of README.md, each with rows']);
      assert.deepEqual(recorded?.calls[0]?.input.logGroupNames, ['webhook-1234567']);
    });

    it('fail where one gives none, by its title', async () => {
      const { result, why } = await verdictWhere((text) => (text.startsWith('# one') ? row : []));
      assert.deepEqual([result, why], ['FAILED', 'no row of "two"']);
    });

    it('are not decided where a query fails', async () => {
      await assert.rejects(
        verdictWhere(() => [], 'Failed'),
        Undecidable,
      );
    });
  });
});

/** A result for each query, as GetMetricData gives it: a metric that is not known has no values. */
function resultsOf(queries: unknown, known: readonly string[]) {
  assert(Array.isArray(queries));
  return queries.map(({ Id, Expression, MetricStat }) => {
    const isKnown = known.includes(Expression ?? MetricStat.Metric.MetricName);
    return { Id, Label: Id, StatusCode: 'Complete', Values: isKnown ? [3] : [], Timestamps: [] };
  });
}
