import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultProvider } from '../../../infra/bundling/credentials';

const VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
];

describe('the credentials of a bundle', () => {
  const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

  beforeEach(() => {
    for (const name of VARIABLES) delete process.env[name];
  });

  after(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('are those that Lambda gives in the environment', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'ASIAENVIRONMENT';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    process.env.AWS_SESSION_TOKEN = 'token';
    const { accessKeyId, sessionToken } = await defaultProvider()();
    assert.deepEqual([accessKeyId, sessionToken], ['ASIAENVIRONMENT', 'token']);
  });

  it('are those that Fargate gives at the address that it names', async () => {
    const server = createServer((_, response) => {
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      const key = { AccessKeyId: 'ASIACONTAINER', SecretAccessKey: 'secret', Token: 'token', Expiration };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(key));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${port}/`;
      const { accessKeyId, expiration } = await defaultProvider()();
      assert.equal(accessKeyId, 'ASIACONTAINER');
      assert(expiration && expiration.getTime() > Date.now(), 'so that they are fetched again in time');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('are not looked for anywhere else', async () => {
    await assert.rejects(async () => defaultProvider()(), { name: 'CredentialsProviderError' });
  });
});
