// Asks ECS and ECR which parts of the relay exist, and deletes them behind Pulumi's back.
import assert from 'node:assert/strict';
import {
  BatchDeleteImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import {
  DeleteServiceCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';

const ecr = new ECRClient({});
const ecs = new ECSClient({});

/** The names of all existing resources of the kinds that the relay needs. */
export async function containers(): Promise<string[]> {
  const [clusters, { taskDefinitionArns = [] }, { repositories = [] }] = await Promise.all([
    activeClusters(),
    ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' })),
    ecr.send(new DescribeRepositoriesCommand({})),
  ]);
  return [
    ...clusters.map((arn) => `cluster ${arn}`),
    ...taskDefinitionArns.map((arn) => `task definition ${arn}`),
    ...repositories.map(({ repositoryName }) => `repository ${repositoryName}`),
  ];
}

/** Their ARNs. A deleted cluster may be listed for a while. */
async function activeClusters(): Promise<string[]> {
  const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
  if (clusterArns.length === 0) return [];
  const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: clusterArns }));
  return clusters.filter(({ status }) => status === 'ACTIVE').map(({ clusterArn = '' }) => clusterArn);
}

/** The one service that is active, with what its task runs; undefined where there is none. */
export async function runningRelay() {
  for (const cluster of await activeClusters()) {
    const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
    if (serviceArns.length === 0) continue;
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }));
    const [service, ...others] = services.filter(({ status }) => status === 'ACTIVE');
    if (!service) continue;
    assert.deepEqual(others, [], 'there is one service');
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition });
    const { taskDefinition } = await ecs.send(command);
    const [container] = taskDefinition?.containerDefinitions ?? [];
    assert(taskDefinition && container?.image);
    return { cluster, service, taskDefinition, container, image: container.image };
  }
  return undefined;
}

/** Whether ECR has the image with this repository and digest. */
export async function isPushed(image: string): Promise<boolean> {
  const { repositoryName, imageDigest } = named(image);
  const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  return imageDetails.some((each) => each.imageDigest === imageDigest);
}

export async function deleteImage(image: string): Promise<void> {
  const { repositoryName, imageDigest } = named(image);
  await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest }] }));
}

export async function deleteService(cluster: string, service: string): Promise<void> {
  await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
}

/** With which the image is pushed. */
export async function registryPassword(): Promise<string> {
  const { authorizationData: [token] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const [, password] = Buffer.from(token?.authorizationToken ?? '', 'base64')
    .toString()
    .split(':');
  assert(password);
  return password;
}

function named(image: string) {
  const [, repositoryName, imageDigest] = /^[^/]+\/(.+)@(sha256:[0-9a-f]{64})$/.exec(image) ?? [];
  assert(repositoryName && imageDigest, `${image} is named by its digest`);
  return { repositoryName, imageDigest };
}
