// The relay: a working one delivers. One that cannot start fails `pulumi up`, and the previous one continues.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { DescribeServicesCommand, ListTasksCommand, type Service } from '@aws-sdk/client-ecs';
import { loadApplication } from '../../local/application';
import { verify } from '../../verify/verify';
import { type Context, idOf, outputOf, signingNameOf } from '../context';
import { Undecidable } from '../errors';
import { UpdateFailed } from '../pulumi';
import { failed, held, type Row } from '../row';

const DELIVERED_WITHIN_MS = 60_000;
const ROLLED_BACK_WITHIN_MS = 10 * 60_000;
/** Replaces the relay's entry: it ends at once, like a relay that lacks a setting. */
const BROKEN = 'process.exit(1);\nexport {};\n';

type Relaying = Pick<
  Context,
  'aws' | 'stack' | 'sources' | 'momento' | 'region' | 'credentials' | 'waitFor' | 'say'
>;

export const relay = {
  name: 'the relay',
  needs: ['first up'],
  async decide(context: Relaying) {
    if (spawnSync('docker', ['version']).status !== 0) {
      throw new Undecidable('its image needs a running Docker, and there is none');
    }
    await context.stack.set('delivery', 'relay');
    await context.stack.up();
    const service = await serviceOf(context);
    if ((service.runningCount ?? 0) < 1) {
      if (!(await hasStartedTasks(context))) throw new Undecidable('this ECS starts no task of the service');
      return failed(`pulumi up succeeded, and ${service.runningCount} tasks run`);
    }
    await deliver(context);
    return held('its task runs, and a published comment arrived in the cache');
  },
} satisfies Row;

export const failingRelay = {
  name: 'a relay that exits 1',
  needs: ['the relay'],
  async decide(context: Relaying) {
    const { taskDefinition: good } = await serviceOf(context);
    context.sources.replace('handlers/relay.ts', BROKEN);
    let told: string | undefined;
    try {
      await context.stack.up();
    } catch (error) {
      if (!(error instanceof UpdateFailed)) throw error;
      told = error.message;
    } finally {
      context.sources.restore();
    }
    const back = await context.waitFor(
      { what: 'ECS to roll the relay back', withinMs: ROLLED_BACK_WITHIN_MS },
      async () => (isRolledBack(await serviceOf(context), good) ? true : undefined),
    );
    if (told === undefined) return failed(`pulumi up succeeded${back ? ', and ECS rolled back' : ''}`);
    if (!back) return failed(`pulumi up failed, but the previous task does not run again: ${told}`);
    await deliver(context);
    await context.stack.up();
    return held('pulumi up failed, the previous task runs and delivers, and the next up succeeded');
  },
} satisfies Row;

/** Whether only one deployment is left, with this task definition, and runs. */
function isRolledBack(service: Service, good: string | undefined): boolean {
  const [deployment, ...others] = service.deployments ?? [];
  return (
    others.length === 0 &&
    good !== undefined &&
    deployment?.taskDefinition === good &&
    service.taskDefinition === good &&
    (deployment.runningCount ?? 0) >= 1
  );
}

async function serviceOf({ aws, stack }: Pick<Context, 'aws' | 'stack'>): Promise<Service> {
  const [cluster, service] = [await idOf(stack, 'cluster', 'relay'), await idOf(stack, 'service', 'relay')];
  const command = new DescribeServicesCommand({ cluster, services: [service] });
  const [found] = (await aws.ecs.send(command)).services ?? [];
  if (!found) throw new Undecidable('DescribeServices does not know the service of the relay');
  return found;
}

async function hasStartedTasks({ aws, stack }: Pick<Context, 'aws' | 'stack'>): Promise<boolean> {
  const [cluster, serviceName] = [
    await idOf(stack, 'cluster', 'relay'),
    await idOf(stack, 'service', 'relay'),
  ];
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const { taskArns = [] } = await aws.ecs.send(
      new ListTasksCommand({ cluster, serviceName, desiredStatus }),
    );
    if (taskArns.length > 0) return true;
  }
  return false;
}

/** Publishes a comment and finds it in the cache. Throws StepFailed if it does not arrive. */
async function deliver({ stack, momento, region, credentials, say }: Relaying): Promise<void> {
  const seen = 'the log group of the relay';
  const lookAt = {
    caller: 'your AWS credentials',
    url: 'the output publisherUrl',
    publisher: 'the log group of the publisher',
    webhook: 'the log group of the webhook',
    delivery: seen,
    queue: seen,
    cache: 'the key in MOMENTO_API_KEY',
  };
  const publisherUrl = await outputOf(stack, 'publisherUrl');
  await verify(
    {
      publisherUrl,
      signingName: await signingNameOf(stack),
      application: loadApplication(resolve(__dirname, '../..')),
      access: { region, credentials, outputs: {}, ...momento },
      lookAt,
    },
    { withinMs: DELIVERED_WITHIN_MS, tell: (step, detail) => say(`${step}: ${detail}`) },
  );
}
