// The one port, on 127.0.0.1, and its connections: a plain server in front of gRPC's, so that a single caller's
// connection, or all of them, can be cut.
import { createServer, type Socket } from 'node:net';
import { type Server, ServerCredentials } from '@grpc/grpc-js';

export class Listener {
  readonly #net = createServer();
  readonly #sockets = new Map<string, Socket>();

  constructor(private readonly grpc: Server) {
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    this.#net.on('connection', (socket) => {
      const peer = `${socket.remoteAddress}:${socket.remotePort}`;
      this.#sockets.set(peer, socket);
      socket.once('close', () => this.#sockets.delete(peer));
      socket.on('error', () => socket.destroy());
      socket.setNoDelay(true);
      injector.injectConnection(socket);
    });
  }

  /** Gives the port. Rejects with the system's error (`EADDRINUSE`) where it is taken. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen(port, '127.0.0.1', () => {
        this.#net.off('error', reject);
        resolve(this.port);
      });
    });
  }

  get port(): number {
    const address = this.#net.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Cuts one caller's connection; `peer` as gRPC calls name it, `127.0.0.1:PORT`. */
  drop(peer: string): void {
    this.#sockets.get(peer)?.end(); // what was answered still arrives; a reset could take it back
  }

  dropAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#net.close(() => resolve()));
    this.dropAll();
    this.grpc.forceShutdown();
    await closed;
  }
}
