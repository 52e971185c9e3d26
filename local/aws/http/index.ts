// HTTP on this machine: listens on 127.0.0.1, and reads requests as they came over the wire.
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireRequest } from '../sigv4';

export class PortInUse extends Error {
  override readonly name = 'PortInUse';

  constructor(readonly port: number) {
    super(
      `port ${port} on 127.0.0.1 is in use: stop the process that uses it, or choose other ports with --port`,
    );
  }
}

/** Listens on 127.0.0.1 and returns the port; 0 takes any free one. Throws PortInUse. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUse(port) : error);
    });
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      resolve(isAddress(address) ? address.port : port);
    });
  });
}

/**
 * Whether a request names this server's own address. A page in a browser on this machine can reach 127.0.0.1 under a name
 * that its owner points there (DNS rebinding); it must learn nothing.
 */
export function isForThisServer({ headers: { host } }: IncomingMessage, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

export class TooLarge extends Error {
  override readonly name = 'TooLarge';

  constructor(readonly maxBytes: number) {
    super(`The request must be smaller than ${maxBytes} bytes.`);
  }
}

/** The whole body. Throws TooLarge, and reads no more than `maxBytes` into memory. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw new TooLarge(maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Joins repeated headers with a comma, cookies with a semicolon. */
export function wireRequest(request: IncomingMessage, body: Buffer): WireRequest & { body: Buffer } {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const headers = Object.entries(request.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(name === 'cookie' ? '; ' : ','),
  ]);
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: Object.fromEntries(headers),
    body,
  };
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return address !== null && typeof address === 'object';
}
