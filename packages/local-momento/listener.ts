// The port and its connections: a plain server in front of gRPC's and of gRPC-web's, which can cut the
// connection of one caller, or all connections.
import { createServer } from 'node:net';
import {
  experimental,
  type Metadata,
  ResponderBuilder,
  type Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js';
import { type Connection, Connections } from './connections';
import { GrpcWeb } from './grpc-web';
import { onHttpVersion } from './http-version';

/** In the metadata of each call: the number of its connection, which gRPC itself does not expose. */
const CONNECTION_KEY = 'local-connection';

export class Listener {
  readonly #net = createServer({ allowHalfOpen: true });
  readonly #numbered = new Map<string, Connection>();
  readonly #web = new GrpcWeb();
  readonly connections: Connections;

  constructor(private readonly grpc: Server) {
    let last = 0;
    this.#net.on('connection', (connection: Connection) => {
      const number = String(++last);
      const credentials = experimental.createServerCredentialsWithInterceptors(
        ServerCredentials.createInsecure(),
        [numbering(number)],
      );
      const injector = grpc.createConnectionInjector(credentials);
      this.#numbered.set(number, connection);
      connection.once('close', () => {
        this.#numbered.delete(number);
        injector.destroy();
      });
      onHttpVersion(connection, (version) => {
        if (version === 2) injector.injectConnection(connection);
        else this.#web.accept(connection, (inMemory) => injector.injectConnection(inMemory));
      });
    });
    this.connections = new Connections(this.#net);
  }

  /** Returns the port. Rejects with the system's error (`EADDRINUSE`) if it is taken. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen(port, host, () => {
        this.#net.off('error', reject);
        resolve(this.port);
      });
    });
  }

  get port(): number {
    const address = this.#net.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Cuts the connection of a call with this metadata after the answer that is about to be written. */
  drop(metadata: Metadata): void {
    void this.#numbered.get(String(metadata.get(CONNECTION_KEY)))?.endAfterAnswer();
  }

  dropAll(): void {
    this.connections.close();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#net.close(() => resolve()));
    this.dropAll();
    this.grpc.forceShutdown();
    await closed;
  }
}

function numbering(number: string): ServerInterceptor {
  const listener = new ServerListenerBuilder()
    .withOnReceiveMetadata((metadata, next) => {
      metadata.set(CONNECTION_KEY, number);
      next(metadata);
    })
    .build();
  const responder = new ResponderBuilder().withStart((next) => next(listener)).build();
  return (_definition, call) => new ServerInterceptingCall(call, responder);
}
