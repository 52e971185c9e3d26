// Where Pulumi starts. What index.ts cannot wait for is looked at here, before it registers its first resource.
import { loadConfig } from './infra/config';
import { checkDocker } from './infra/docker';
import { findNetwork } from './infra/network';

export = async () => {
  const { delivery, vpcId, subnetIds } = loadConfig();
  if (delivery === 'relay') {
    checkDocker();
    await findNetwork(vpcId, subnetIds);
  }
  const program: typeof import('./index') = require('./index');
  return program;
};
