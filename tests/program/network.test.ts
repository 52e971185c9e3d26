// Where the relay runs, for each way in which an account can be laid out.
import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { findNetwork } from '../../infra/network';
import { inAccount } from './account';

describe('the network of the relay', () => {
  it("is the default VPC's, with a public address", async () => {
    await inAccount({ defaultVpc: 'vpc-1', subnets: ['subnet-1', 'subnet-2'], toInternet: ['main'] });
    assert.deepEqual(await findNetwork(), {
      vpcId: 'vpc-1',
      subnetIds: ['subnet-1', 'subnet-2'],
      isPublic: true,
    });
  });

  it('is an error that says what to set if there is no default VPC', async () => {
    await inAccount({});
    await assert.rejects(findNetwork(), (error: Error) => {
      assert(pulumi.RunError.isInstance(error));
      return /no default VPC[\s\S]*pulumi config set vpcId[\s\S]*pulumi config set subnetIds/.test(
        error.message,
      );
    });
  });

  it('is an error if the default VPC has lost its subnets', async () => {
    await inAccount({ defaultVpc: 'vpc-1' });
    await assert.rejects(findNetwork(), /The default VPC vpc-1 has no default subnets/);
  });

  it('is what the configuration says, without a public address if its subnets are private', async () => {
    await inAccount({ tables: { 'subnet-1': 'private', 'subnet-2': 'private' }, toInternet: ['main'] });
    assert.deepEqual(await findNetwork('vpc-9', ['subnet-1', 'subnet-2']), {
      vpcId: 'vpc-9',
      subnetIds: ['subnet-1', 'subnet-2'],
      isPublic: false,
    });
  });

  it('has a public address if its subnets have their own route to the internet', async () => {
    await inAccount({ tables: { 'subnet-1': 'public' }, toInternet: ['public'] });
    assert.equal((await findNetwork('vpc-9', ['subnet-1'])).isPublic, true);
  });

  it('is of one kind: public and private subnets cannot be mixed', async () => {
    await inAccount({ tables: { 'subnet-1': 'public' }, toInternet: ['public'] });
    await assert.rejects(
      findNetwork('vpc-9', ['subnet-1', 'subnet-2']),
      /subnet-1, subnet-2 are public and some are private/,
    );
  });
});
