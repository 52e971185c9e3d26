// The container's health check: whether the process works, asked on the loopback address only.
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

const TIMEOUT_MS = 3_000;

/** Answers 200 if `isHealthy`, else 503. Resolves with the port: any free one if `port` is 0. */
export async function answerHealthChecks(port: number, isHealthy: () => boolean): Promise<number> {
  const server = http.createServer((_, response) => {
    response.writeHead(isHealthy() ? 200 : 503, { connection: 'close' }).end();
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Asks the process on this port. */
export function isHealthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/', timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
