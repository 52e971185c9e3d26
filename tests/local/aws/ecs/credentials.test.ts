import assert from 'node:assert/strict';
import { request } from 'node:http';
import { TaskCredentials } from '../../../../local/aws/ecs/credentials';

const key = { accessKeyId: 'ASIATASK', secretAccessKey: 'secret', sessionToken: 'session' };

describe('the credentials of a task', () => {
  let credentials: TaskCredentials;
  let url: URL;

  beforeEach(async () => {
    credentials = await TaskCredentials.serve(() => key);
    url = new URL(credentials.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '');
  });
  afterEach(() => credentials.close());

  const get = (path: string, host = url.host) =>
    new Promise<{ status?: number; body: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: url.port, path, headers: { host } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }),
        );
      });
      sent.on('error', reject).end();
    });

  it('are at the address in the task’s environment', async () => {
    for (const host of [url.host, `localhost:${url.port}`]) {
      const { status, body } = await get(url.pathname, host);
      assert.equal(status, 200);
      const { Expiration, ...found } = JSON.parse(body);
      assert.deepEqual(found, { AccessKeyId: 'ASIATASK', SecretAccessKey: 'secret', Token: 'session' });
      assert.ok(Date.parse(Expiration) > Date.now());
    }
  });

  it('are at no other path', async () => {
    for (const path of ['/', '/v2/credentials/', `${url.pathname}0`, `${url.pathname}?a`]) {
      assert.deepEqual(await get(path), { status: 404, body: '' }, path);
    }
  });

  it('are refused to requests for another host’s name', async () => {
    const hosts = ['rebound.example', `rebound.example:${url.port}`, '127.0.0.1', `127.0.0.1:${url.port}0`];
    for (const host of hosts) {
      assert.deepEqual(await get(url.pathname, host), { status: 421, body: '' }, host);
    }
  });
});
