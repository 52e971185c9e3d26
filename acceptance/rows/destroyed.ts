// After `pulumi destroy` a search by the stack's tags finds nothing, and its roles and its dashboard are gone.
import { GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { type Context, idsOf } from '../context';
import { Undecidable } from '../errors';
import { failed, held, type Row } from '../row';
import { type Tags, taggedWith } from '../tagged';
import { NO_DASHBOARD } from './dashboard';

/** For a while the search may still find deleted resources. */
const GONE_WITHIN_MS = 10 * 60_000;
const NOT_THERE = ['NoSuchEntityException', ...NO_DASHBOARD];

/** @param project its name in Pulumi.yaml */
export function destroyed(project: string) {
  return {
    name: 'nothing left after destroy',
    needs: ['first up'],
    async decide({ aws, stack, waitFor }: Pick<Context, 'aws' | 'stack' | 'waitFor'>) {
      const tags: Tags = { project, stack: stack.name };
      const before = await taggedWith(tags, aws);
      const functions = [...(await idsOf(stack, 'function')).values()];
      const unseen = functions.filter((name) => !before.some((arn) => arn.endsWith(`:function:${name}`)));
      if (unseen.length > 0) throw new Undecidable(`the search by tag does not find ${unseen.join(', ')}`);
      const roles = [...(await idsOf(stack, 'role')).values()];
      const dashboards = [...(await idsOf(stack, 'dashboard')).values()];

      await stack.destroy();
      let left: string[] = [];
      const gone = await waitFor(
        { what: 'the search to find nothing', withinMs: GONE_WITHIN_MS },
        async () => {
          left = [
            ...(await taggedWith(tags, aws)),
            ...(await there(roles, (RoleName) => aws.iam.send(new GetRoleCommand({ RoleName })))),
            ...(await there(dashboards, (DashboardName) =>
              aws.cloudWatch.send(new GetDashboardCommand({ DashboardName })),
            )),
          ];
          return left.length === 0 ? true : undefined;
        },
      );
      if (!gone) return failed(`left: ${left.join(', ')}`);
      return held(`${before.length} tagged resources, ${roles.length} roles and the dashboard are all gone`);
    },
  } satisfies Row;
}

/** The names of the resources that still exist. */
async function there(names: readonly string[], get: (name: string) => Promise<unknown>): Promise<string[]> {
  const found = await Promise.all(
    names.map((name) =>
      get(name).then(
        () => [name],
        (error: unknown) => {
          if (error instanceof Error && NOT_THERE.includes(error.name)) return [];
          throw error;
        },
      ),
    ),
  );
  return found.flat();
}
