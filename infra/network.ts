// Where the relay's task runs: the given subnets, or those of the default VPC.
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface Network {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** Whether a task there needs a public address to reach anything. */
  readonly isPublic: boolean;
}

/**
 * The network of these subnets; without them, that of the default VPC.
 * Rejects with a RunError if there is no default VPC, or if some subnets are public and some are not.
 */
export async function findNetwork(vpcId?: string, subnetIds?: readonly string[]): Promise<Network> {
  if (vpcId !== undefined && subnetIds !== undefined) {
    return { vpcId, subnetIds, isPublic: await arePublic(vpcId, subnetIds) };
  }
  const [defaultVpcId] = (await aws.ec2.getVpcs({ filters: [{ name: 'is-default', values: ['true'] }] })).ids;
  if (defaultVpcId === undefined) {
    throw new pulumi.RunError(
      'This region has no default VPC for the relay to run in. Name another one, and its subnets:\n' +
        '  pulumi config set vpcId vpc-...\n' +
        '  pulumi config set subnetIds subnet-...,subnet-...',
    );
  }
  const { ids } = await aws.ec2.getSubnets({
    filters: [
      { name: 'vpc-id', values: [defaultVpcId] },
      { name: 'default-for-az', values: ['true'] },
    ],
  });
  if (ids.length === 0) {
    throw new pulumi.RunError(
      `The default VPC ${defaultVpcId} has no default subnets: set vpcId and subnetIds to where the relay is to run`,
    );
  }
  return { vpcId: defaultVpcId, subnetIds: ids, isPublic: await arePublic(defaultVpcId, ids) };
}

async function arePublic(vpcId: string, subnetIds: readonly string[]): Promise<boolean> {
  const mainTables = await routeTables(vpcId, 'association.main', 'true');
  const kinds = await Promise.all(subnetIds.map((subnetId) => isPublic(vpcId, subnetId, mainTables)));
  if (new Set(kinds).size > 1) {
    throw new pulumi.RunError(
      `Some of the subnets ${subnetIds.join(', ')} are public and some are private: set subnetIds to one kind`,
    );
  }
  return kinds[0] === true;
}

/** A subnet is public if its route table leads to an internet gateway (Amazon VPC User Guide, "Subnet types"). */
async function isPublic(vpcId: string, subnetId: string, mainTables: string[]): Promise<boolean> {
  const ownTables = await routeTables(vpcId, 'association.subnet-id', subnetId);
  const tables = ownTables.length > 0 ? ownTables : mainTables;
  const { ids } = await aws.ec2.getRouteTables({
    vpcId,
    filters: [
      { name: 'route-table-id', values: tables },
      { name: 'route.gateway-id', values: ['igw-*'] },
    ],
  });
  return ids.length > 0;
}

async function routeTables(vpcId: string, filter: string, value: string): Promise<string[]> {
  return (await aws.ec2.getRouteTables({ vpcId, filters: [{ name: filter, values: [value] }] })).ids;
}
