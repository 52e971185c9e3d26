// An AWS account as EC2 describes it, for code that looks for a place to run something.
import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';

export interface Account {
  readonly defaultVpc?: string;
  readonly subnets?: readonly string[];
  /** The route table of a subnet that has one of its own. */
  readonly tables?: Readonly<Record<string, string>>;
  /** Route tables that lead to an internet gateway; `main` is the VPC's own. */
  readonly toInternet?: readonly string[];
}

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Answers as EC2 would for this account. */
export async function inAccount({
  defaultVpc,
  subnets = [],
  tables = {},
  toInternet = [],
}: Account): Promise<void> {
  const answer = (ids: readonly string[]) => ({ id: 'us-east-1', ids });
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name }) => {
        throw new Error(`${name} is made, but looking makes nothing`);
      },
      call: ({ token, inputs }) => {
        const filters: readonly Filter[] = inputs.filters;
        const given = (name: string) => filters.find((filter) => filter.name === name)?.values;
        if (token === 'aws:ec2/getVpcs:getVpcs') {
          assert.deepEqual(filters, [{ name: 'is-default', values: ['true'] }]);
          return answer(defaultVpc ? [defaultVpc] : []);
        }
        if (token === 'aws:ec2/getSubnets:getSubnets') {
          assert.deepEqual(given('vpc-id'), [defaultVpc]);
          return answer(subnets);
        }
        assert.equal(token, 'aws:ec2/getRouteTables:getRouteTables');
        if (given('association.main')) return answer(['main']);
        const [subnet] = given('association.subnet-id') ?? [];
        const own = subnet && tables[subnet];
        if (subnet) return answer(own ? [own] : []);
        assert.deepEqual(given('route.gateway-id'), ['igw-*']);
        return answer((given('route-table-id') ?? []).filter((table) => toInternet.includes(table)));
      },
    },
    'momento-webhooks',
    'dev',
  );
}
