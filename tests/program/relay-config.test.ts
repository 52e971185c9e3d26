// The settings of delivery `relay` alone.
import assert from 'node:assert/strict';
import { LEGACY_KEY, SIGNING_SECRET } from './declared';
import { load, mistakes } from './loaded-config';

describe('the configuration of the relay', () => {
  const RELAY = { delivery: 'relay', signingSecret: SIGNING_SECRET };
  const VPC = 'vpc-0a1b2c3d';
  const SUBNETS = ['subnet-0a1b2c3d', 'subnet-0123456789abcdef0'];

  it('needs a signing secret, and nothing else', async () => {
    assert.deepEqual(await mistakes(RELAY), []);
    const [line, ...others] = await mistakes({ delivery: 'relay' });
    assert.match(line ?? '', /^momento-webhooks:signingSecret is not set, delivery relay signs with it/);
    assert.deepEqual(others, []);
  });

  it('takes a VPC and its subnets, as text or as a list', async () => {
    for (const subnetIds of [SUBNETS.join(','), SUBNETS.join(', '), JSON.stringify(SUBNETS)]) {
      const config = await load({ momentoApiKey: LEGACY_KEY, ...RELAY, vpcId: VPC, subnetIds });
      assert.deepEqual([config.vpcId, config.subnetIds], [VPC, SUBNETS]);
    }
  });

  it('refuses what is no VPC or no list of subnets', async () => {
    for (const vpcId of ['', 'vpc', 'vpc-XYZ', 'subnet-0a1b2c3d']) {
      const [line] = await mistakes({ ...RELAY, vpcId, subnetIds: SUBNETS.join() });
      assert.equal(
        line,
        `momento-webhooks:vpcId is ${JSON.stringify(vpcId)}, allowed: a VPC's id, such as vpc-0a1b2c3d`,
      );
    }
    for (const subnetIds of ['', ',', 'vpc-0a1b2c3d', '[]', '[', '[1]', '{}', 'subnet-0a1b2c3d;subnet-1']) {
      const [line] = await mistakes({ ...RELAY, vpcId: VPC, subnetIds });
      assert(line?.startsWith(`momento-webhooks:subnetIds is ${JSON.stringify(subnetIds)}, allowed: `), line);
    }
  });

  it('refuses one of the two without the other, and both where nothing runs in a VPC', async () => {
    const [noSubnets] = await mistakes({ ...RELAY, vpcId: VPC });
    assert.match(noSubnets ?? '', /^momento-webhooks:subnetIds is not set, vpcId needs it/);
    const [noVpc] = await mistakes({ ...RELAY, subnetIds: SUBNETS.join() });
    assert.match(noVpc ?? '', /^momento-webhooks:vpcId is not set, subnetIds needs it/);
    const lines = await mistakes({ vpcId: VPC, subnetIds: SUBNETS.join() });
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /vpcId is set, allowed: nothing with delivery webhook/);
  });
});
