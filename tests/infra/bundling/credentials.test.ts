import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
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
  const given = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

  beforeEach(() => {
    for (const name of VARIABLES) delete process.env[name];
  });

  after(() => {
    for (const [name, value] of Object.entries(given)) {
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

  describe('of Fargate', () => {
    let server: Server;
    let asked = 0;
    let lifeMs = 0;

    before(async () => {
      server = createServer((_, response) => {
        const Expiration = new Date(Date.now() + lifeMs).toISOString();
        const key = { AccessKeyId: `ASIA${++asked}`, SecretAccessKey: 'secret', Token: 'token', Expiration };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(key));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    beforeEach(() => {
      asked = 0;
      const { port } = server.address() as AddressInfo;
      process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${port}/`;
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    it('are asked for at the address that it names, once, however many calls need them', async () => {
      lifeMs = 3_600_000;
      const provider = defaultProvider();
      const keys = [await provider(), ...(await Promise.all([provider(), provider()]))];
      assert.deepEqual(
        keys.map(({ accessKeyId }) => accessKeyId),
        ['ASIA1', 'ASIA1', 'ASIA1'],
      );
      assert.equal(asked, 1);
    });

    it('are asked for again less than five minutes before they expire', async () => {
      lifeMs = 299_000;
      const provider = defaultProvider();
      const first = await provider();
      lifeMs = 360_000;
      const second = await provider();
      const third = await provider();
      assert.notEqual(first.accessKeyId, second.accessKeyId);
      assert.equal(second.accessKeyId, third.accessKeyId);
    });
  });

  it('are not looked for anywhere else', async () => {
    await assert.rejects(async () => defaultProvider()(), { name: 'CredentialsProviderError' });
  });
});
