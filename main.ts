// Where Pulumi starts. Checks that index.ts cannot wait for run here, before it registers its first resource. The local
// stack, which needs neither Docker nor a network, evaluates index.ts itself.
import { loadConfig } from './infra/config';
import { checkDocker } from './infra/docker';
import { lastOutputs } from './infra/last-outputs';
import { checkNames } from './infra/names';
import { findNetwork } from './infra/network';
import { checkRegion } from './infra/regions';

export = async () => {
  const { delivery, front, certificateArn, vpcId, subnetIds } = loadConfig();
  checkNames();
  await checkRegion({ front, certificateArn });
  if (delivery === 'relay') {
    checkDocker();
    await findNetwork(vpcId, subnetIds);
  }
  await lastOutputs(); // before the first resource: a backend of files replaces the state while resources change
  const program: typeof import('./index') = require('./index');
  // The engine warns of each output that is undefined.
  return Object.fromEntries(Object.entries(program).filter(([, value]) => value !== undefined));
};
