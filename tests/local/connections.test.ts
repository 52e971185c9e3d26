import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CONNECTION_FAULTS, type Connections, startMomento } from 'local-momento';
import { HttpApi } from '../../local/aws/api-gateway/http-api';
import { TaskCredentials } from '../../local/aws/ecs/credentials';
import { AwsEndpoint } from '../../local/aws/endpoint';
import { FunctionUrl } from '../../local/aws/lambda/function-url';
import { endSubscriptions, RawSubscriber } from '../packages/local-momento/subscriptions';

interface Server {
  readonly port: number;
  readonly connections: Connections;
  close(): Promise<void>;
}

const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';
/** An HTTP/2 frame whose answer repeats its content. */
const PING = Buffer.concat([Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0]), Buffer.from('12345678')]);
/** The start of an HTTP/2 connection: a preface and empty SETTINGS. */
const HELLO = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
  PING,
]);

const calls = { findIdentity: () => undefined, now: Date.now };

async function taskCredentials(): Promise<Server> {
  const served = await TaskCredentials.serve(() => ({
    accessKeyId: 'ASIATASK',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  }));
  const { port } = new URL(served.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '');
  return { port: Number(port), connections: served.connections, close: () => served.close() };
}

/** Each server, with its first request, a later request, and a text that is in both answers. */
const servers: [
  name: string,
  start: () => Promise<Server>,
  first: string | Uint8Array,
  later: string | Uint8Array,
  answer: string,
][] = [
  ['Momento', () => startMomento(), HELLO, PING, '12345678'],
  ['AWS', () => AwsEndpoint.start({ services: [], ...calls }), REQUEST, REQUEST, 'HTTP/1.1'],
  ['a Function URL', () => FunctionUrl.reserve('greeter', calls), REQUEST, REQUEST, 'HTTP/1.1'],
  ['an HTTP API', () => HttpApi.reserve('api', calls), REQUEST, REQUEST, 'HTTP/1.1'],
  ['the credentials of a task', taskCredentials, REQUEST, REQUEST, 'HTTP/1.1'],
];

for (const [name, start, first, later, answer] of servers) {
  describe(`a connection to ${name} dies`, () => {
    let server: Server;
    let client: Socket;
    /** The events of the client's socket, in order. */
    let heard: string[];

    before(async () => {
      server = await start();
    });
    after(() => server.close());
    beforeEach(async () => {
      client = await talking();
      heard = [];
      client.on('data', () => heard.push('data'));
      client.on('end', () => heard.push('FIN'));
      client.on('error', (error: NodeJS.ErrnoException) => heard.push(error.code ?? error.message));
    });
    afterEach(() => client.destroy());

    /** A connection that got an answer. */
    async function talking(): Promise<Socket> {
      const socket = connect(server.port, '127.0.0.1');
      socket.write(first);
      await answered(socket);
      return socket;
    }

    async function answered(socket: Socket): Promise<void> {
      for (let said = ''; !said.includes(answer); ) said += String(await once(socket, 'data'));
    }

    it('by FIN: it is closed at once', async () => {
      server.connections.kill('idle-fin');
      await once(client, 'end');
      assert.deepEqual(
        heard.filter((one) => one !== 'data'),
        ['FIN'],
      );
      assert.equal(server.connections.size, 0);
    });

    it('by RST: it is silent until it is written to, and then it is reset', async () => {
      server.connections.kill('idle-rst');
      await talking().then((other) => other.destroy());
      assert.deepEqual(
        heard.filter((one) => one !== 'data'),
        [],
      );
      client.write(later);
      await closed(client);
      assert.deepEqual(
        heard.filter((one) => one !== 'data'),
        ['ECONNRESET'],
      );
    });

    it('in silence: writes are swallowed, and nothing ever comes back', async () => {
      server.connections.kill('idle-silent');
      assert.equal(server.connections.size, 0, 'the server knows it');
      heard.splice(0);
      await new Promise((written) => client.write(later, written));
      await talking().then((other) => other.destroy()); // which was answered after it
      assert.deepEqual(heard, []);
    });

    for (const how of CONNECTION_FAULTS) {
      it(`and later ones are healthy (${how})`, async () => {
        server.connections.kill(how);
        const other = await talking();
        other.write(later);
        await answered(other);
        other.destroy();
      });
    }
  });
}

describe('raw clients of the local Momento', () => {
  afterEach(endSubscriptions);

  it('have a connection each, so that each can be dropped', async () => {
    const momento = await startMomento({ caches: ['cache'] });
    try {
      const clients = [1, 2].map(() => new RawSubscriber(momento.port, 'topic', 1));
      for (const client of clients) await client.publish('topic', 'a');
      assert.equal(momento.connections.size, 2);
    } finally {
      await momento.close();
    }
  });
});

describe('a server whose connections died', () => {
  it('can be closed although its peers keep them open', async () => {
    const momento = await startMomento();
    const client = connect(momento.port, '127.0.0.1');
    client.write(HELLO);
    client.on('error', () => {}); // it is reset
    await once(client, 'data');
    momento.connections.kill('idle-silent');
    await Promise.all([momento.close(), closed(client)]);
  });
});

/** Resolves however it ends. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
