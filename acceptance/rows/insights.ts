// Each documented query of Logs Insights returns rows from the logs of this run's traffic.
import { GetQueryResultsCommand, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type Context, idsOf } from '../context';
import { documentedQueries, type Query } from '../documented-queries';
import { Undecidable } from '../errors';
import { type Row, unless } from '../row';

/** Logs Insights finds a line within a minute or two. */
const ROWS_WITHIN_MS = 5 * 60_000;
const QUERY_WITHIN_MS = 60_000;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

type Querying = Pick<Context, 'aws' | 'stack' | 'facts' | 'since' | 'waitFor'>;

export const insights = {
  name: 'Logs Insights queries',
  needs: ['traffic', 'redrive timing'],
  decide: (context: Querying) => rowsOf(documentedQueries(), context),
} satisfies Row;

/** The verdict on these queries. */
export async function rowsOf(queries: readonly Query[], context: Querying) {
  const logGroupNames = [...(await idsOf(context.stack, 'logGroup')).values()];
  const complaints: string[] = [];
  for (const { title, text } of queries) {
    const queryString = text.replace(UUID, context.facts.get('requestId'));
    const rows = await context.waitFor({ what: `rows of "${title}"`, withinMs: ROWS_WITHIN_MS }, async () => {
      const found = await run(queryString, logGroupNames, context);
      return found > 0 ? found : undefined;
    });
    if (rows === undefined) complaints.push(`no row of "${title}"`);
  }
  const files = [...new Set(queries.map(({ file }) => file))].join(', ');
  return unless(complaints, `${queries.length} queries of ${files}, each with rows`);
}

/** The number of rows that a query returns now. */
async function run(queryString: string, logGroupNames: string[], context: Querying): Promise<number> {
  const { logs } = context.aws;
  const startTime = Math.floor(context.since / 1000);
  const endTime = Math.ceil(Date.now() / 1000) + 60;
  const { queryId } = await logs.send(
    new StartQueryCommand({ queryString, logGroupNames, startTime, endTime }),
  );
  const wait = { what: 'a query to end', withinMs: QUERY_WITHIN_MS, everyMs: 1_000 };
  const ended = await context.waitFor(wait, async () => {
    const { status, results = [] } = await logs.send(new GetQueryResultsCommand({ queryId }));
    if (status === 'Complete') return results.length;
    if (status === 'Scheduled' || status === 'Running') return undefined;
    throw new Undecidable(`a query ended as ${status}`);
  });
  if (ended === undefined) throw new Undecidable(`a query did not end within ${QUERY_WITHIN_MS / 1000} s`);
  return ended;
}
