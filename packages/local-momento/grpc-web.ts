// gRPC-web (github.com/grpc/grpc, doc/PROTOCOL-WEB.md), for browsers. It carries gRPC's own bytes over HTTP/1.1: a browser
// cannot read trailers, so they follow in the body. Each call goes on to the gRPC server, over a connection in memory.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { type Duplex, duplexPair, pipeline, Transform } from 'node:stream';
import { allowedOrigin, corsHeaders, isOwnHost } from './browser-origin';

/** A web page's request holds one message, at most an item of 5 MiB and its key, and base64 makes it a third longer. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

const TYPES = /^application\/grpc-web(-text)?(?:\+proto)?$/;

/** About one HTTP/1.1 connection or for its bytes, so not for the gRPC server: Node.js sends no request with some of them. */
const NOT_METADATA =
  /^(?:host|connection|keep-alive|proxy-connection|transfer-encoding|upgrade|http2-settings|te|content-.*|accept.*|origin|referer|sec-.*)$/;

/** The first byte of a frame that holds the trailers. */
const TRAILERS = 0x80;

export class GrpcWeb {
  readonly #http = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });
  readonly #sessions = new WeakMap<object, ClientHttp2Session>();

  /** @param inject gives the gRPC server a connection */
  accept(connection: Duplex, inject: (connection: Duplex) => void): void {
    const [client, server] = duplexPair();
    const session = connect('http://127.0.0.1', { createConnection: () => client });
    session.on('error', () => connection.destroy());
    session.once('close', () => connection.destroy());
    connection.once('close', () => session.destroy());
    this.#sessions.set(connection, session);
    inject(server);
    this.#http.emit('connection', connection);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = allowedOrigin(request);
    if (origin === undefined || !isOwnHost(request)) return refuse(response, 403);
    const headers = corsHeaders(origin, request);
    if (request.method === 'OPTIONS') {
      response.writeHead(204, headers).end();
      return;
    }
    if (request.method !== 'POST') return refuse(response, 405, { ...headers, allow: 'POST, OPTIONS' });
    const [type, text] = TYPES.exec(request.headers['content-type'] ?? '') ?? [];
    if (type === undefined) return refuse(response, 415, headers);
    const body = await readBody(request).catch(() => undefined);
    if (body === undefined) return refuse(response, 413, { ...headers, connection: 'close' });
    const isText = text !== undefined;
    const message = isText ? Buffer.from(body.toString('latin1'), 'base64') : body;
    this.#call(request, message, response, { isText, headers: { ...headers, 'content-type': type } });
  }

  #call(
    request: IncomingMessage,
    message: Buffer,
    response: ServerResponse,
    { isText, headers }: { isText: boolean; headers: Record<string, string> },
  ): void {
    const session = this.#sessions.get(request.socket);
    if (session === undefined || session.destroyed) {
      response.destroy();
      return;
    }
    const call = session.request({ ...metadataOf(request), ':method': 'POST', ':path': request.url });
    let status: IncomingHttpHeaders | undefined;
    call.once('response', (initial) => {
      if ('grpc-status' in initial) status = initial;
      response.writeHead(200, headers).flushHeaders();
    });
    call.once('trailers', (trailers: IncomingHttpHeaders) => {
      status = trailers;
    });
    const framed = new Transform({
      transform: (bytes: Buffer, _encoding, done) => done(null, written(bytes, isText)),
      flush: (done) => {
        if (status === undefined) done(new Error('the call ended without a status'));
        else done(null, written(trailersFrame(status), isText));
      },
    });
    // Each end learns of the other: a page that closes cancels its call, a call that breaks off breaks the connection.
    pipeline(call, framed, response, (error) => {
      if (error) call.close(constants.NGHTTP2_CANCEL);
    });
    call.end(message);
  }
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('The body is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function metadataOf({ headers }: IncomingMessage): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !NOT_METADATA.test(name));
  return { ...Object.fromEntries(kept), 'content-type': 'application/grpc', te: 'trailers' };
}

/** In text, each piece is padded base64 by itself, so that a stream's items can be read as they come. */
const written = (bytes: Buffer, isText: boolean): Buffer =>
  isText ? Buffer.from(bytes.toString('base64'), 'latin1') : bytes;

function trailersFrame(status: IncomingHttpHeaders): Buffer {
  const lines = Object.entries(status).filter(([name]) => !/^(?::|content-type$|date$)/.test(name));
  const text = Buffer.from(lines.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
  const head = Buffer.alloc(5);
  head.writeUInt8(TRAILERS, 0);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, text]);
}
