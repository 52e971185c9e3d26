exports.handler = () => {
  const current = () => {
    require('ts-node/register/transpile-only');
    return require(`${process.cwd()}/infra/momento/provider`).KIND;
  };
  return {
    check: async (olds, news) => current().check(olds, news),
    diff: async (id, olds, news) => current().diff(id, olds, news),
    create: async (inputs) => current().create(inputs),
    read: async (id, props) => current().read(id, props),
    update: async (id, olds, news) => current().update(id, olds, news),
    delete: async (id, props) => current().delete(id, props),
  };
};
