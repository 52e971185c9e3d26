import assert from 'node:assert/strict';
import { makeLegacyKey, startMomento } from 'local-momento';
import { ignoreProxies } from '../../../local/commands/proxies';
import { makeCache } from '../../../local/stack/connect-webhook';

const DEAD = 'http://127.0.0.1:1';

describe('proxies of the environment', () => {
  const before = { ...process.env };
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  for (const name of ['grpc_proxy', 'https_proxy', 'http_proxy']) {
    it(`get no call to this machine: ${name}`, async () => {
      process.env[name] = DEAD;
      ignoreProxies();
      const apiKey = makeLegacyKey();
      const momento = await startMomento({ apiKeys: [apiKey] });
      try {
        await makeCache({ momento, apiKey, cacheName: 'reached' });
      } finally {
        await momento.close();
      }
    });
  }

  it('are forgotten in any case, and nothing else is', () => {
    const environment = {
      HTTPS_PROXY: DEAD,
      All_Proxy: DEAD,
      http_proxy: DEAD,
      NPM_CONFIG_PROXY: DEAD,
      PATH: '/bin',
    };
    ignoreProxies(environment);
    assert.deepEqual(environment, { NPM_CONFIG_PROXY: DEAD, PATH: '/bin', no_proxy: '*' });
  });
});
