// The only code behind its Momento resources that a stack's state stores.
import type * as pulumi from '@pulumi/pulumi';

/**
 * Pulumi stores a dynamic provider's code in the state, with each resource, and may run it long after the project and its
 * packages have changed. So only these few lines are stored: they load the code that the project has then. What they name is
 * a contract with every existing state: Node.js, ts-node, `infra/momento/provider`, the kinds below.
 */
export function storedProvider(kind: 'cache' | 'webhook'): pulumi.dynamic.ResourceProvider {
  const current = () => {
    require('ts-node/register/transpile-only');
    // The provider's process runs in the folder of the program.
    const providers: typeof import('./provider') = require(`${process.cwd()}/infra/momento/provider`);
    return providers[kind];
  };
  return {
    check: async (olds, news) => current().check(olds, news),
    diff: async (id, olds, news) => current().diff(id, olds, news),
    create: async (inputs) => current().create(inputs),
    read: async (id, props) => current().read(id, props),
    update: async (id, olds, news) => current().update(id, olds, news),
    delete: async (id, props) => current().delete(id, props),
  };
}
