// gRPC-web on the wire. tests/browser has Momento's web SDK in a real browser.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { cache_client } from '@gomomento/generated-types/dist/cachepubsub';
import { authorizationOf, type Momento, makeLegacyKey, startMomento } from 'local-momento';

const { _PublishRequest, _TopicValue } = cache_client.pubsub;
const apiKey = makeLegacyKey();
const ORIGIN = 'http://127.0.0.1:4700';
const PUBLISH = '/cache_client.pubsub.Pubsub/Publish';

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

describe('the local Momento: gRPC-web', () => {
  let momento: Momento;
  const texts: (string | undefined)[] = [];
  before(async () => {
    momento = await startMomento({ apiKeys: [apiKey], caches: ['cache'] });
    momento.on('published', ({ text }) => texts.push(text));
  });
  beforeEach(() => texts.splice(0));
  after(() => momento.close());

  function send(
    headers: Record<string, string>,
    body: Buffer | string = '',
    method = 'POST',
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: momento.port, path: PUBLISH, method, headers };
      const sent = request(options, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(Buffer.from(chunk));
        const { statusCode = 0 } = response;
        resolve({ status: statusCode, headers: response.headers, body: Buffer.concat(chunks) });
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }
  const publish = (
    type: string,
    more: Record<string, string> = {},
    cache_name = 'cache',
    text = 'hi',
  ): Promise<Answer> => {
    const message = new _PublishRequest({
      cache_name,
      topic: 'topic',
      value: new _TopicValue({ text }),
    });
    const body = frame(0, Buffer.from(message.serializeBinary()));
    const headers = { 'content-type': type, authorization: authorizationOf(apiKey), ...more };
    return send(headers, type.includes('text') ? body.toString('base64') : body);
  };

  for (const type of [
    'application/grpc-web',
    'application/grpc-web+proto',
    'application/grpc-web-text',
    'application/grpc-web-text+proto',
  ]) {
    it(`answers ${type} in the same, with the trailers behind the message`, async () => {
      const { status, headers, body } = await publish(type);
      assert.deepEqual([status, headers['content-type']], [200, type]);
      const [message, trailers] = framesOf(type.includes('text') ? decoded(body) : body);
      assert.deepEqual(message, { kind: 0, content: '' });
      assert.equal(trailers?.kind, 0x80);
      assert.match(trailers.content, /^grpc-status: 0\r\n/);
      assert.deepEqual(texts, ['hi']);
    });
  }

  it('has the status, the message and the metadata of an error in the trailers', async () => {
    const notFound = await publish('application/grpc-web', {}, 'no-such-cache');
    const [trailers] = framesOf(notFound.body);
    assert.match(String(trailers?.content), /^grpc-status: 5\r\ngrpc-message: .*no-such-cache/m);
    momento.setFaults(() => ({ kind: 'throttle' }));
    const throttled = await publish('application/grpc-web');
    momento.setFaults(undefined);
    assert.match(String(framesOf(throttled.body)[0]?.content), /err: operations_rate_limit_exceeded\r\n/);
  });

  it('keeps to itself what a client or a proxy says of its own HTTP/1.1 connection', async () => {
    const more = { 'proxy-connection': 'keep-alive', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' };
    assert.equal((await publish('application/grpc-web', more)).status, 200);
    assert.deepEqual(texts, ['hi']);
  });

  it('lets the service decide on a message as large as the largest item, in text too', async () => {
    const { status, body } = await publish(
      'application/grpc-web-text',
      {},
      'cache',
      'x'.repeat(5 * 1024 * 1024),
    );
    assert.equal(status, 200);
    const [trailers] = framesOf(decoded(body));
    assert.match(String(trailers?.content), /^grpc-status: 8\r\n/);
    assert.match(String(trailers?.content), /err: request_size_limit_exceeded\r\n/);
  });

  it('is refused a wrong key, as gRPC is', async () => {
    const { body } = await publish('application/grpc-web', { authorization: 'wrong' });
    assert.match(String(framesOf(body)[0]?.content), /^grpc-status: 16\r\n/);
    assert.deepEqual(texts, []);
  });

  for (const origin of [
    'http://127.0.0.1:4700',
    'http://localhost:3000',
    'http://[::1]:8080',
    'https://127.0.0.2',
  ]) {
    it(`lets a page of ${origin} call with any metadata`, async () => {
      const asked = { origin, 'access-control-request-headers': 'authorization,x-grpc-web' };
      const { status, headers } = await send(asked, '', 'OPTIONS');
      assert.equal(status, 204);
      assert.equal(headers['access-control-allow-origin'], origin);
      assert.equal(headers['access-control-allow-headers'], 'authorization,x-grpc-web');
      const published = await publish('application/grpc-web', { origin });
      assert.equal(published.headers['access-control-allow-origin'], origin);
      assert.deepEqual(texts, ['hi']);
    });
  }

  for (const origin of [
    'https://example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com:4700',
    'http://10.0.0.1',
    'null',
  ]) {
    it(`refuses a page of ${origin} before anything is applied`, async () => {
      for (const answer of [
        await send({ origin }, '', 'OPTIONS'),
        await publish('application/grpc-web', { origin }),
      ]) {
        assert.equal(answer.status, 403);
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
      assert.deepEqual(texts, []);
    });
  }

  it('refuses a page that reaches it under a name of its own, and allows any port, as of a container', async () => {
    const attacker = { origin: ORIGIN, host: `rebound.example.com:${momento.port}` };
    assert.equal((await publish('application/grpc-web', attacker)).status, 403);
    assert.deepEqual(texts, []);
    for (const host of ['localhost:9999', '127.0.0.1']) {
      assert.equal((await publish('application/grpc-web', { origin: ORIGIN, host })).status, 200);
    }
  });

  it('says what it does not understand: another method, another type, a body that is too large', async () => {
    const get = await send({}, '', 'GET');
    assert.deepEqual([get.status, get.headers.allow], [405, 'POST, OPTIONS']);
    assert.equal((await publish('application/json')).status, 415);
    const large = await send({ 'content-type': 'application/grpc-web' }, Buffer.alloc(9 * 1024 * 1024));
    assert.equal(large.status, 413);
  });

  it('names an operation that it does not know as unimplemented', async () => {
    const { body } = await new Promise<Answer>((resolve, reject) => {
      const headers = { 'content-type': 'application/grpc-web', authorization: authorizationOf(apiKey) };
      const path = '/cache_client.Scs/NoSuch';
      const sent = request({ port: momento.port, host: '127.0.0.1', path, method: 'POST', headers });
      sent.once('error', reject);
      sent.once('response', async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(Buffer.from(chunk));
        resolve({ status: 0, headers: {}, body: Buffer.concat(chunks) });
      });
      sent.end(frame(0, Buffer.alloc(0)));
    });
    assert.match(String(framesOf(body)[0]?.content), /^grpc-status: 12\r\n/);
  });

  it('tells HTTP/2 from HTTP/1.1 although the first bytes come one at a time', async () => {
    for (const [sent, answer] of [
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', '\0'], // SETTINGS
      ['PUT / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n', 'HTTP/1.1 405 Method Not Allowed'],
    ] as const) {
      const socket = connect(momento.port, '127.0.0.1');
      socket.setNoDelay(true);
      for (const byte of sent) await written(socket, byte);
      const [bytes] = await once(socket, 'data');
      assert.equal(bytes.toString('latin1', 0, answer.length), answer);
      socket.destroy();
    }
  });

  it('keeps no connection that says nothing and ends', async () => {
    const socket = connect(momento.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end();
    await once(socket, 'close');
  });
});

function frame(kind: number, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

function framesOf(body: Buffer): { kind: number; content: string }[] {
  const frames = [];
  for (let at = 0; at < body.length; ) {
    const length = body.readUInt32BE(at + 1);
    frames.push({ kind: body.readUInt8(at), content: body.toString('latin1', at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return frames;
}

/** The pieces are padded one by one. */
const decoded = (body: Buffer): Buffer =>
  Buffer.concat(
    (body.toString('latin1').match(/[^=]+=*/g) ?? []).map((piece) => Buffer.from(piece, 'base64')),
  );

const written = (socket: Socket, text: string): Promise<void> =>
  new Promise((resolve) => socket.write(text, 'latin1', () => setImmediate(resolve)));
