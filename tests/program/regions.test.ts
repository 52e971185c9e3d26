import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { checkRegion as check, dashboardPage } from '../../infra/regions';

const checkRegion = (front: 'function-url' | 'http-api' = 'function-url', certificateArn?: string) =>
  check({ front, certificateArn });

/** No setting names a region; the provider answers with this one. */
async function inProfile(region: string): Promise<void> {
  const newResource = () => {
    throw new Error('a check makes nothing');
  };
  const call = ({ token }: pulumi.runtime.MockCallArgs) => {
    assert.equal(token, 'aws:index/getRegion:getRegion');
    return { id: region, region };
  };
  await pulumi.runtime.setMocks({ newResource, call }, 'momento-webhooks', 'dev');
  pulumi.runtime.setAllConfig({});
}

describe('a region without function URLs', () => {
  before(() => inProfile('eu-central-2'));

  it('is refused by name, with the command that chooses another one', async () => {
    for (const region of ['eu-central-2', 'ap-southeast-7', 'us-gov-west-1', 'cn-north-1']) {
      pulumi.runtime.setAllConfig({ 'aws:region': region });
      await assert.rejects(checkRegion(), (error) => {
        assert(pulumi.RunError.isInstance(error), 'the engine shows it without a stack');
        const [first = '', front = '', command = '', others = ''] = error.message.split('\n');
        assert.match(first, new RegExp(`no function URLs in the region ${region}\\. .* another region:$`));
        assert.equal(front, '  pulumi config set front http-api --stack dev');
        assert.equal(command, '  pulumi config set aws:region us-east-1 --stack dev');
        assert(others.includes(region));
        return true;
      });
    }
  });

  it('is refused too where only an AWS profile names it, as the provider tells', async () => {
    const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    delete process.env.AWS_REGION;
    delete process.env.AWS_DEFAULT_REGION;
    try {
      await inProfile('eu-central-2');
      await assert.rejects(checkRegion(), (error) => {
        assert(pulumi.RunError.isInstance(error), 'the engine shows it without a stack');
        assert.match(error.message, /no function URLs in the region eu-central-2/);
        return true;
      });
      await inProfile('eu-central-1');
      await checkRegion();
    } finally {
      if (AWS_REGION !== undefined) process.env.AWS_REGION = AWS_REGION;
      if (AWS_DEFAULT_REGION !== undefined) process.env.AWS_DEFAULT_REGION = AWS_DEFAULT_REGION;
    }
  });
});

describe('API Gateway in front', () => {
  it('works in a region without function URLs', async () => {
    for (const region of ['eu-central-2', 'us-gov-west-1', 'cn-north-1']) {
      pulumi.runtime.setAllConfig({ 'aws:region': region });
      await checkRegion('http-api');
    }
  });

  it('takes a certificate of the stack’s region, and refuses one of another', async () => {
    const certificate = (region: string) =>
      `arn:aws:acm:${region}:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666`;
    pulumi.runtime.setAllConfig({ 'aws:region': 'eu-west-1' });
    await checkRegion('http-api', certificate('eu-west-1'));
    await assert.rejects(checkRegion('http-api', certificate('us-east-1')), (error) => {
      assert(pulumi.RunError.isInstance(error), 'the engine shows it without a stack');
      assert.match(error.message, /certificateArn names a certificate in us-east-1; allowed: .*, eu-west-1$/);
      return true;
    });
  });
});

describe('the dashboard’s page', () => {
  const page = (partition: string, region: string) =>
    dashboardPage(`arn:${partition}:lambda:${region}:123456789012:function:webhook-1`, 'comments');

  it('is in the console of the partition that the stack is in', () => {
    const path = (region: string) => `/cloudwatch/home?region=${region}#dashboards/dashboard/comments`;
    assert.deepEqual(
      [
        page('aws', 'eu-west-1'),
        page('aws-cn', 'cn-north-1'),
        page('aws-us-gov', 'us-gov-west-1'),
        page('aws-eusc', 'eusc-de-east-1'),
      ],
      [
        `https://eu-west-1.console.aws.amazon.com${path('eu-west-1')}`,
        `https://cn-north-1.console.amazonaws.cn${path('cn-north-1')}`,
        `https://us-gov-west-1.console.amazonaws-us-gov.com${path('us-gov-west-1')}`,
        `https://eusc-de-east-1.console.amazonaws-eusc.eu${path('eusc-de-east-1')}`,
      ],
    );
  });

  it('is a path alone in an isolated partition, whose console has no public address', () => {
    assert.equal(
      page('aws-iso', 'us-iso-east-1'),
      '/cloudwatch/home?region=us-iso-east-1#dashboards/dashboard/comments',
    );
  });
});
