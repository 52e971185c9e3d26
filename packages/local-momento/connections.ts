// Stands between a server's port and the server, so that its connections can die as they do in networks.
import type { Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ConnectionFault } from './faults';

/** Of the event loop; an answer is written in several pieces. */
const QUIET_TURNS = 5;
/** Who gave up before the answer is written none. */
const TURNS_AT_MOST = 1_000;

export class Connections {
  readonly #served = new Set<Connection>();
  /** Dead, and still open to the peer. */
  readonly #dead = new Set<Socket>();

  /** From now on the server is handed connections that can be taken away from it. */
  constructor(server: Server) {
    const listeners = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      const connection = new Connection(socket);
      this.#served.add(connection);
      connection.once('close', () => this.#served.delete(connection));
      for (const serve of listeners) Reflect.apply(serve, server, [connection]);
    });
  }

  /** How many the server has at this moment. */
  get size(): number {
    return this.#served.size;
  }

  /** Lets all that are open now die, those too over which a call is under way. The server learns of it, the peers as told. */
  kill(how: ConnectionFault): void {
    for (const connection of this.#served) {
      const socket = connection.sever();
      if (how === 'idle-fin') {
        socket.destroy();
        continue;
      }
      this.#dead.add(socket);
      socket.once('close', () => this.#dead.delete(socket));
      socket.once('end', () => socket.destroy());
      if (how === 'idle-rst') socket.once('data', () => socket.resetAndDestroy());
      socket.resume(); // what comes is taken, so that the peer can always write
    }
    this.#served.clear();
  }

  /** Ends them all, dead ones too. */
  close(): void {
    for (const connection of this.#served) connection.destroy();
    for (const socket of this.#dead) socket.destroy();
  }
}

/** A connection as its server sees it: what servers of HTTP and gRPC need of a socket. */
export class Connection extends Duplex {
  #isSevered = false;
  #writes = 0;

  constructor(private readonly socket: Socket) {
    super();
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      if (!this.push(bytes)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('timeout', () => this.emit('timeout'));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
    this.on('error', () => this.destroy());
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  setTimeout(ms: number): this {
    this.socket.setTimeout(ms);
    return this;
  }

  /** Takes it away from its server, for which it is closed, and gives what is still open to the peer. */
  sever(): Socket {
    const { socket } = this;
    this.#isSevered = true;
    for (const event of ['data', 'end', 'timeout', 'close']) socket.removeAllListeners(event);
    socket.setTimeout(0);
    this.destroy();
    return socket;
  }

  /** Closes it behind the answer that is about to be written, which is there once nothing follows what was written. */
  async endAfterAnswer(): Promise<void> {
    const before = this.#writes;
    let seen = before;
    let quiet = 0;
    for (let turn = 0; quiet < QUIET_TURNS && turn < TURNS_AT_MOST; turn++) {
      await new Promise(setImmediate);
      quiet = this.#writes === before || this.#writes !== seen ? 0 : quiet + 1;
      seen = this.#writes;
    }
    this.end(); // what was written still arrives; a reset could take it back
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#writes++;
    this.socket.write(bytes, done);
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isSevered) this.socket.destroy();
    done(error);
  }
}
