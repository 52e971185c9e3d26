// What is looked at before the program itself is loaded, and so before any resource is registered.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { copyProgram } from '../copy';
import { type Account, inAccount } from './account';
import { LEGACY_KEY, SIGNING_SECRET } from './declared';

const RELAY = { delivery: 'relay', signingSecret: SIGNING_SECRET };
const MIXED: Account = {
  defaultVpc: 'vpc-1',
  subnets: ['subnet-1', 'subnet-2'],
  tables: { 'subnet-1': 'public' },
  toInternet: ['public'],
};
const PUBLIC: Account = { defaultVpc: 'vpc-1', subnets: ['subnet-1'], toInternet: ['main'] };

describe('before the program', () => {
  const { PATH, DOCKER_HOST } = process.env;
  let folder: string;

  /** A copy of the program whose index.ts tells that it was loaded. */
  before(() => {
    folder = copyProgram();
    writeFileSync(path.join(folder, 'index.ts'), "export const webhookUrl = 'the program was loaded';\n");
    mkdirSync(path.join(folder, 'bin'));
    writeFileSync(path.join(folder, 'bin/docker'), '#!/bin/sh\n');
    chmodSync(path.join(folder, 'bin/docker'), 0o755);
    delete process.env.DOCKER_HOST;
  });

  afterEach(() => {
    process.env.PATH = PATH;
  });

  after(() => {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
    rmSync(folder, { recursive: true });
  });

  /** Starts the program as Pulumi does: by what package.json says. */
  async function start(
    account: Account,
    settings: Record<string, string>,
    { docker, region = 'eu-west-1' }: { docker: boolean; region?: string },
    program = folder,
  ): Promise<{ readonly webhookUrl?: string }> {
    await inAccount(account);
    const all = Object.entries({ momentoApiKey: LEGACY_KEY, ...settings });
    const secrets = ['momentoApiKey', 'signingSecret'].map((key) => `momento-webhooks:${key}`);
    pulumi.runtime.setAllConfig(
      {
        'aws:region': region,
        ...Object.fromEntries(all.map(([key, value]) => [`momento-webhooks:${key}`, value])),
      },
      secrets,
    );
    process.env.PATH = path.join(folder, docker ? 'bin' : 'nothing');
    return require(program)();
  }

  function refusesWith(told: RegExp) {
    return (error: unknown) => {
      assert(pulumi.RunError.isInstance(error), 'the engine shows it without a stack');
      assert.match(error.message, told);
      return true;
    };
  }

  it('refuses a region without function URLs, before it loads the program', async () => {
    await assert.rejects(
      start(PUBLIC, {}, { docker: false, region: 'eu-central-2' }),
      refusesWith(/no function URLs in the region eu-central-2/),
    );
  });

  it('takes such a region with API Gateway in front', async () => {
    const settings = { front: 'http-api' };
    const program = await start({}, settings, { docker: false, region: 'eu-central-2' });
    assert.equal(program.webhookUrl, 'the program was loaded');
  });

  it('the relay is refused where no image can be built', async () => {
    await assert.rejects(start(PUBLIC, RELAY, { docker: false }), refusesWith(/no docker on the PATH/));
  });

  it('the relay is refused where there is no default VPC', async () => {
    await assert.rejects(start({}, RELAY, { docker: true }), refusesWith(/has no default VPC/));
  });

  it('the relay is refused where some subnets are public and some are private', async () => {
    await assert.rejects(start(MIXED, RELAY, { docker: true }), refusesWith(/set subnetIds to one kind/));
  });

  it('a wrong configuration is refused, whatever else is wrong', async () => {
    const { signingSecret, ...unsigned } = RELAY;
    await assert.rejects(start({}, unsigned, { docker: false }), refusesWith(/signingSecret is not set/));
  });

  it('the relay finds all that it needs, and the program is loaded', async () => {
    const program = await start(PUBLIC, RELAY, { docker: true });
    assert.equal(program.webhookUrl, 'the program was loaded');
  });

  it('another delivery needs neither Docker nor a network, and asks for neither', async () => {
    const program = await start({}, {}, { docker: false });
    assert.equal(program.webhookUrl, 'the program was loaded');
  });

  it('an error keeps its stack, but for frames that Node.js 20 cannot print in colour', async () => {
    const own = '    at outputs (/home/user/main.ts:1:1)';
    const deep = '    at fine (/home/user/node_modules/@pulumi/pulumi/resource.js:1:1)';
    const sdk = '    at async initialize (/home/user/node_modules/@pulumi/resource.ts:1598:22)';
    const thrower = copyProgram();
    try {
      const stack = JSON.stringify(['Error: broken', sdk, own, deep, sdk].join('\n'));
      writeFileSync(
        path.join(thrower, 'index.ts'),
        `throw Object.assign(new Error('broken'), { stack: ${stack} });\n`,
      );
      await assert.rejects(start({}, {}, { docker: false }, thrower), {
        stack: ['Error: broken', own, deep].join('\n'),
      });
    } finally {
      rmSync(thrower, { recursive: true });
    }
  });
});
