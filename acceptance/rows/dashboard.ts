// CloudWatch has no complaint about the dashboard's body. It tells of one only when a body is put.
import {
  type CloudWatchClient,
  DashboardInvalidInputError,
  DeleteDashboardsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import { type Context, idOf } from '../context';
import { type Row, Undecidable, unless } from '../row';

/** A widget without a region and with a property that there is not: who validates has something to say. */
const FAULTY = JSON.stringify({
  widgets: [
    { type: 'metric', x: 0, y: 0, width: 6, height: 6, properties: { metrics: [['AWS/Lambda']], bogus: 1 } },
  ],
});

export const dashboard = {
  name: 'dashboard',
  needs: ['first up'],
  decide: validated,
} satisfies Row;

export const dashboardOfRelay = {
  name: 'dashboard with the relay',
  needs: ['the relay'],
  decide: validated,
} satisfies Row;

async function validated({ aws: { cloudWatch }, stack }: Pick<Context, 'aws' | 'stack'>) {
  const DashboardName = await idOf(stack, 'dashboard', 'dashboard');
  const { DashboardBody } = await cloudWatch.send(new GetDashboardCommand({ DashboardName }));
  if (!DashboardBody) throw new Undecidable('GetDashboard gave no body');
  const aside = `${DashboardName}-acceptance`;
  try {
    if ((await complaints(cloudWatch, aside, FAULTY)).length === 0) {
      throw new Undecidable('PutDashboard takes a faulty body without a word: it does not validate here');
    }
    return unless(await complaints(cloudWatch, aside, DashboardBody), 'PutDashboard has nothing to say');
  } finally {
    await cloudWatch.send(new DeleteDashboardsCommand({ DashboardNames: [aside] })).catch(() => {
      // The faulty body may have been refused: then there is none.
    });
  }
}

async function complaints(cloudWatch: CloudWatchClient, name: string, body: string): Promise<string[]> {
  try {
    const put = await cloudWatch.send(new PutDashboardCommand({ DashboardName: name, DashboardBody: body }));
    return (put.DashboardValidationMessages ?? []).map(({ DataPath, Message }) => `${DataPath}: ${Message}`);
  } catch (error) {
    // By its model, and by its older protocol.
    if (error instanceof Error && error.name === 'InvalidParameterInput') return [error.message];
    if (!(error instanceof DashboardInvalidInputError)) throw error;
    const messages = error.dashboardValidationMessages ?? [];
    return [error.message, ...messages.map(({ DataPath, Message }) => `${DataPath}: ${Message}`)];
  }
}
