import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join, resolve, sep } from 'node:path';
import { startMomento } from 'local-momento';
import { HttpApi } from '../../../local/aws/api-gateway/http-api';
import { TaskCredentials } from '../../../local/aws/ecs/credentials';
import { AwsEndpoint } from '../../../local/aws/endpoint';
import { listen, PortInUse } from '../../../local/aws/http';
import { FunctionUrl } from '../../../local/aws/lambda/function-url';

const PROJECT = resolve(__dirname, '../../..');
/** Addresses of this machine at which a server on all interfaces answers. Only Linux has 127.0.0.2. */
const OTHERS = process.platform === 'linux' ? ['127.0.0.2', '::1'] : ['::1'];

describe('a server on this machine', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  const open = <Opened extends { close(): unknown }>(one: Opened): Opened => {
    opened.push(one);
    return one;
  };

  it('listens on 127.0.0.1, on the port that it returns', async () => {
    const server = open(createServer());
    const port = await listen(server, 0);
    assert.deepEqual(server.address(), { address: '127.0.0.1', family: 'IPv4', port });
  });

  it('says which port is in use', async () => {
    const port = await listen(open(createServer()), 0);
    await assert.rejects(listen(createServer(), port), (error) => {
      assert.ok(error instanceof PortInUse);
      assert.equal(error.port, port);
      return true;
    });
  });

  it('cannot be reached at any other address of this machine', async () => {
    const calls = { findIdentity: () => undefined, now: Date.now };
    const key = { accessKeyId: 'ASIATASK', secretAccessKey: 'secret', sessionToken: 'session' };
    const credentials = open(await TaskCredentials.serve(() => key));
    const momento = open(await startMomento({ adminPort: 0 }));
    const ports = {
      aws: open(await AwsEndpoint.start({ services: [], ...calls })).port,
      httpApi: open(await HttpApi.reserve('api', calls)).port,
      functionUrl: open(await FunctionUrl.reserve('url', calls)).port,
      momento: momento.port,
      admin: momento.adminPort ?? Number.NaN,
      taskCredentials: Number(new URL(Object.values(credentials.environment).join()).port),
    };
    for (const [name, port] of Object.entries(ports)) {
      assert.equal(await isReached('127.0.0.1', port), true, name);
      for (const host of OTHERS) assert.equal(await isReached(host, port), false, `${name} at ${host}`);
    }
  });

  it('listens in three files only, all of them on 127.0.0.1', () => {
    const files = ['local', 'packages'].flatMap((folder) =>
      readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.ts$/.test(file) && !file.includes('node_modules'))
        .map((file) => join(folder, file)),
    );
    const listening = files.filter((file) =>
      /(?<!\blistener|\bAdmin)\.listen\(/.test(readFileSync(join(PROJECT, file), 'utf8')),
    );
    assert.deepEqual(listening.map((file) => file.split(sep).join('/')).sort(), [
      'local/aws/http/index.ts',
      'packages/local-momento/admin.ts',
      'packages/local-momento/listener.ts',
    ]);
  });
});

function isReached(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
