// The admin port, by which the retry suites of Momento's SDKs cut the network: `/block` and `/unblock`, with any method.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { allowedOrigin, isOwnHost } from './browser-origin';
import type { Connections } from './connections';

export class Admin {
  readonly #server: Server;

  private constructor(host: string, connections: Connections) {
    const actions = new Map([
      ['block', () => connections.block()],
      ['unblock', () => connections.unblock()],
    ]);
    this.#server = createServer((request, response) => answer(request, response, actions, host));
  }

  /** @param port 0 for any free one. Rejects with the system's error (`EADDRINUSE`) if it is taken. */
  static async listen(port: number, host: string, connections: Connections): Promise<Admin> {
    const admin = new Admin(host, connections);
    await new Promise<void>((resolve, reject) => {
      admin.#server.once('error', reject).listen(port, host, resolve);
    });
    return admin;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  actions: ReadonlyMap<string, () => void>,
  listensOn: string,
): void {
  const end = (status: number, text: string): unknown =>
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
  const { url = '', headers } = request;
  // A web page must not reach it under a name of its own that leads to this machine, nor from elsewhere, as with an image.
  const isOurs = isOwnHost(request) || listensOn !== '127.0.0.1';
  const isElsewhere = allowedOrigin(request) === undefined || headers['sec-fetch-site'] === 'cross-site';
  if (!isOurs || isElsewhere) return void end(403, 'Only for this machine');
  const name = url.replace(/^\/+/, ''); // client-sdk-go asks for //block
  const act = actions.get(name);
  if (act === undefined)
    return void end(404, `There are ${[...actions.keys()].map((one) => `/${one}`).join(' and ')}`);
  act();
  end(200, `${name}ed`);
}
