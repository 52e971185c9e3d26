// The resources in AWS that carry the stack's tags and still exist.
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { paginateGetResources } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Clients } from './clients';

/** The tags that every resource of the program carries (infra/tags.ts). */
export interface Tags {
  readonly project: string;
  readonly stack: string;
}

/** The ARNs, in order. This search does not find IAM roles. */
export async function taggedWith(
  { project, stack }: Tags,
  aws: Pick<Clients, 'tagging' | 'ecs'>,
): Promise<string[]> {
  const pages = paginateGetResources(
    { client: aws.tagging },
    {
      TagFilters: [
        { Key: 'project', Values: [project] },
        { Key: 'stack', Values: [stack] },
      ],
    },
  );
  const found: string[] = [];
  for await (const { ResourceTagMappingList = [] } of pages) {
    found.push(...ResourceTagMappingList.flatMap(({ ResourceARN }) => ResourceARN ?? []));
  }
  const there = await Promise.all(found.map((arn) => isThere(arn, aws)));
  return found.filter((_arn, index) => there[index]).sort();
}

/** ECS lists deleted resources as inactive for a while, and task definitions for ever. They are gone and cost nothing. */
async function isThere(arn: string, { ecs }: Pick<Clients, 'ecs'>): Promise<boolean> {
  const [, , service, , , path = ''] = arn.split(':');
  if (service !== 'ecs') return true;
  const [kind, cluster = ''] = path.split('/');
  return ((await statusOf(kind)) ?? 'INACTIVE') === 'ACTIVE';

  async function statusOf(kind: string | undefined): Promise<string | undefined> {
    switch (kind) {
      case 'task-definition': {
        const command = new DescribeTaskDefinitionCommand({ taskDefinition: arn });
        return (await ecs.send(command)).taskDefinition?.status;
      }
      case 'cluster':
        return (await ecs.send(new DescribeClustersCommand({ clusters: [arn] }))).clusters?.[0]?.status;
      case 'service': {
        const command = new DescribeServicesCommand({ cluster, services: [arn] });
        const services = await ecs.send(command).catch((error: unknown) => {
          if (error instanceof Error && error.name === 'ClusterNotFoundException') return undefined;
          throw error;
        });
        return services?.services?.[0]?.status;
      }
      default:
        return 'ACTIVE'; // a task, which stops within minutes
    }
  }
}
