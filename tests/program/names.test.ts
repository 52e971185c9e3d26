// The physical names of AWS resources, and what is refused because AWS would refuse them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import * as v from 'valibot';
import { parse } from 'yaml';
import { checkNames, LONGEST_NAME } from '../../infra/names';
import { declared, resourcesOf } from './declared';

const PROJECT = path.resolve(__dirname, '../..');
const projectFile = v.object({
  config: v.object({ 'pulumi:autonaming': v.object({ value: v.object({ pattern: v.string() }) }) }),
});
const { pattern } = v.parse(projectFile, parse(readFileSync(path.join(PROJECT, 'Pulumi.yaml'), 'utf8')))
  .config['pulumi:autonaming'].value;

async function check(project: string, stack: string, autonaming: object | null = { pattern }) {
  const nothing = { call: () => ({}), newResource: () => ({ id: '', state: {} }) };
  await pulumi.runtime.setMocks(nothing, project, stack);
  pulumi.runtime.setAllConfig(autonaming ? { 'pulumi:autonaming': JSON.stringify(autonaming) } : {});
  checkNames();
}

describe('the names of functions and roles', () => {
  it('begin with project and stack on this machine, too', async () => {
    for (const type of ['aws:lambda/function:Function', 'aws:iam/role:Role', 'aws:sqs/queue:Queue']) {
      for (const { name, state } of resourcesOf(await declared('full'), type)) {
        assert.match(String(state.name), new RegExp(`^momento-webhooks-prod-${name}-[0-9a-f]{7}$`));
      }
    }
  });

  it('are never longer than what the check reckons with', async () => {
    const stack = await declared('relayed');
    const all = ['aws:lambda/function:Function', 'aws:iam/role:Role'].flatMap((type) =>
      resourcesOf(stack, type),
    );
    const longest = all.map(({ name }) => name).sort((a, b) => b.length - a.length)[0];
    assert.equal(longest, LONGEST_NAME);
  });

  it('may have a stack of 23 characters in them with this project’s name, and not one more', async () => {
    await check('momento-webhooks', 'x'.repeat(23));
    await assert.rejects(
      check('momento-webhooks', 'x'.repeat(24)),
      /begin with the project and the stack, momento-webhooks-x{24}: the longest would have 65 characters, allowed: 64\. /,
    );
  });

  it('are refused with a character that a function’s name cannot have', async () => {
    await assert.rejects(
      check('momento-webhooks', 'v2.1'),
      /momento-webhooks-v2\.1: a character in it is not allowed/,
    );
  });

  it('are not looked at where Pulumi names without project and stack, or by what only the engine knows', async () => {
    await check('momento-webhooks', 'x'.repeat(60), null);
    await check('momento-webhooks', 'x.'.repeat(30), { pattern: pattern.slice(pattern.indexOf('name') - 2) });
    await check('momento-webhooks', 'x'.repeat(60), { pattern: ['$', '{organization}'].join('') });
  });
});
