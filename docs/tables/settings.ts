import * as pulumi from '@pulumi/pulumi';
import { makeLegacyKey } from 'local-momento';
import { loadConfig } from '../../infra/config';
import { Settings } from '../../infra/settings';
import type { Table } from './table';

const PROJECT = 'momento-webhooks';

/** Every key of the configuration that infra/config.ts reads. */
export async function settingsTable(): Promise<Table> {
  const none = async () => ({ id: '', state: {} });
  await pulumi.runtime.setMocks({ newResource: none, call: none }, PROJECT, '<stack>');
  pulumi.runtime.setAllConfig({ [`${PROJECT}:momentoApiKey`]: makeLegacyKey() });
  const settings = new Settings();
  loadConfig(settings);
  const rows = [...settings.forms].map(([key, { allowed, byDefault, isSecret, isRequired }]) => {
    const value = isRequired ? 'required' : byDefault === undefined ? 'none' : `\`${byDefault}\``;
    return [`\`${key}\``, isSecret ? `${value}, secret` : value, allowed];
  });
  return { name: 'settings', columns: ['key', 'default', 'allowed'], rows, prose: 'description', named: 1 };
}
