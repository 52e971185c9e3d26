// Where Pulumi starts. Checks that index.ts cannot wait for run here, before it registers its first resource. The local
// stack, which needs neither Docker nor a network, evaluates index.ts itself.
import { loadConfig } from './infra/config';
import { checkDocker } from './infra/docker';
import { lastOutputs } from './infra/last-outputs';
import { checkNames } from './infra/names';
import { findNetwork } from './infra/network';
import { checkRegion } from './infra/regions';

export = async () => {
  try {
    return await outputs();
  } catch (error) {
    if (error instanceof Error) error.stack = error.stack?.replace(SDK_FRAME, '');
    throw error;
  }
};

/**
 * A line of a stack in a file directly below a package's scope, as Pulumi's source maps name the SDK's own. Node.js 20 and 22 need
 * up to a minute to print an error with one in colour, as Pulumi does (https://github.com/nodejs/node/issues/64011).
 */
const SDK_FRAME = /\n.*[\\/]node_modules[\\/](?:@[^\\/\n]+[\\/])?[^\\/\n]+$/gm;

async function outputs(): Promise<Record<string, unknown>> {
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
}
