// The configuration as the program loads it, from settings and secrets that a test makes up.
import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { loadConfig, type StackConfig } from '../../infra/config';
import { LEGACY_KEY } from './declared';

type Values = Record<string, string>;

export const NAMESPACE = 'momento-webhooks';
export const SECRETS = ['momentoApiKey', 'signingSecret', 'momentoDeployKey'];

export async function load(values: Values): Promise<StackConfig> {
  const nothing = () => {
    throw new Error('reading the configuration makes nothing and calls nothing');
  };
  await pulumi.runtime.setMocks({ newResource: nothing, call: nothing }, NAMESPACE, 'dev');
  const named = (key: string) => (key.includes(':') ? key : `${NAMESPACE}:${key}`);
  const all = Object.fromEntries(Object.entries(values).map(([key, value]) => [named(key), value]));
  pulumi.runtime.setAllConfig(all, SECRETS.map(named));
  return loadConfig();
}

/** The lines about single keys in the error that these settings, and a good key, give. */
export async function mistakes(values: Values): Promise<string[]> {
  try {
    await load({ momentoApiKey: LEGACY_KEY, ...values });
  } catch (error) {
    assert(pulumi.RunError.isInstance(error), 'the engine shows it without a stack');
    const [title, ...list] = error.message.split('\n  - ');
    assert.equal(title, 'The configuration of the stack dev is wrong:');
    return list;
  }
  return [];
}
