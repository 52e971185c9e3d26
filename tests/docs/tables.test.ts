import assert from 'node:assert/strict';
import { metricsTable } from '../../docs/tables/metrics';
import { statusTables } from '../../docs/tables/statuses';
import { type Table, withTables } from '../../docs/tables/table';
import { declared } from '../program/declared';

const table: Table = {
  name: 'settings',
  columns: ['key', 'allowed'],
  rows: [
    ['`a`', '1 to 10'],
    ['`b`', 'x | y'],
  ],
  prose: 'description',
  named: 1,
};
const page = (rows: string) => `# Page\n\n<!-- generated: settings -->\n${rows}<!-- end -->\n\nMore.\n`;

describe('a table of the documentation', () => {
  it('takes the rows from the code, and keeps the prose of each', () => {
    const before = page(
      '| key | description |\n| --- | --- |\n| `b` | the second |\n| `gone` | lost |\n| `a` | one |\n',
    );
    const { text, undescribed } = withTables(before, [table]);
    assert.deepEqual(undescribed, []);
    assert.equal(
      text,
      page(
        '| key | allowed | description |\n' +
          '| --- | ------- | ----------- |\n' +
          '| `a` | 1 to 10 | one         |\n' +
          '| `b` | x \\| y  | the second  |\n',
      ),
    );
  });

  it('stays as it is where the code has not changed', () => {
    const { text } = withTables(page('| `b` | the second |\n| `a` | one |\n'), [table]);
    assert.equal(withTables(text, [table]).text, text);
  });

  it('tells of rows that nobody has described', () => {
    assert.deepEqual(withTables(page('| `a` | one |\n'), [table]).undescribed, ['settings: `b`']);
  });

  it('that no code writes is an error', () => {
    assert.throws(() => withTables(page(''), []), /no table settings/);
  });
});

describe('the table of metrics', () => {
  it('has each that an alarm watches or the dashboard draws', async () => {
    const known = new Set(
      metricsTable().rows.map(([service, metric = '']) => `${service} ${metric.slice(1, -1)}`),
    );
    const { resources } = await declared('relayed');
    const drawn = resources
      .filter(({ type }) => /MetricAlarm|Dashboard$/.test(type))
      .flatMap(({ inputs }) => [
        ...ownMetrics(inputs.metricQueries ?? [{ metric: inputs }]),
        ...onDashboard(inputs),
      ]);
    assert(drawn.length > 20);
    assert.deepEqual(
      drawn.filter((one) => !known.has(one)),
      [],
    );
  });
});

describe('the tables of statuses', () => {
  it('say with which status each error of the handlers is answered', () => {
    const [webhook, publisher] = statusTables();
    const statuses = (of?: Table) => [...new Set(of?.rows.map(([status]) => status))].sort();
    assert.deepEqual(statuses(webhook), ['200', '202', '403', '405', '413', '422', '429', '503']);
    assert.deepEqual(statuses(publisher), ['200', '403', '405', '413', '422', '429', '502', '503']);
  });
});

/** Of the program's namespace: "webhook Stored". */
function ownMetrics(queries: unknown): string[] {
  assert(Array.isArray(queries));
  return queries.flatMap(({ metric }) =>
    metric?.namespace?.startsWith('momento-webhooks/')
      ? [`${metric.dimensions.service} ${metric.metricName}`]
      : [],
  );
}

function onDashboard({ dashboardBody }: Record<string, unknown>): string[] {
  if (typeof dashboardBody !== 'string') return [];
  const drawn = dashboardBody.matchAll(/\["momento-webhooks\/dev","(\w+)","service","(\w+)"/g);
  return [...drawn].map(([, metric, service]) => `${service} ${metric}`);
}
