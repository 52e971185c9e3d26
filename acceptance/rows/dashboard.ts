// CloudWatch accepts the dashboard's body without a message. It validates only when a body is put.
import {
  type CloudWatchClient,
  DashboardInvalidInputError,
  DeleteDashboardsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import { reasonOf } from '../calling';
import { type Context, idOf } from '../context';
import { Undecidable } from '../errors';
import { type Row, unless } from '../row';

/** A widget without a region and with an unknown property: an AWS that validates complains about it. */
const FAULTY = JSON.stringify({
  widgets: [
    { type: 'metric', x: 0, y: 0, width: 6, height: 6, properties: { metrics: [['AWS/Lambda']], bogus: 1 } },
  ],
});

/** CloudWatch's errors for a dashboard that does not exist, by its model and by its older protocol. */
export const NO_DASHBOARD: readonly string[] = ['DashboardNotFoundError', 'ResourceNotFound'];

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
  if (!DashboardBody) throw new Undecidable('GetDashboard returned no body');
  const aside = `${DashboardName}-acceptance`;
  try {
    if ((await complaints(cloudWatch, aside, FAULTY)).length === 0) {
      throw new Undecidable(
        'PutDashboard accepts a faulty body without a message: this AWS does not validate it',
      );
    }
    return unless(
      await complaints(cloudWatch, aside, DashboardBody),
      'PutDashboard returned no validation messages',
    );
  } finally {
    await remove(cloudWatch, aside);
  }
}

async function remove(cloudWatch: CloudWatchClient, name: string): Promise<void> {
  try {
    await cloudWatch.send(new DeleteDashboardsCommand({ DashboardNames: [name] }));
  } catch (error) {
    // If both bodies were refused, there is no dashboard.
    if (error instanceof Error && NO_DASHBOARD.includes(error.name)) return;
    const how = `aws cloudwatch delete-dashboards --dashboard-names ${name}`;
    throw new Undecidable(`the dashboard ${name} is left; remove it with ${how}: ${reasonOf(error)}`);
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
