// Sits between a port and its server, so that connections can die as they do in networks.
import type { Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ConnectionFault } from './faults';

/** Turns of the event loop; an answer is written in several pieces. */
const QUIET_TURNS = 5;
/** A caller that gave up earlier gets no answer. */
const TURNS_AT_MOST = 1_000;

export class Connections {
  readonly #served = new Set<Connection>();
  /** Dead, and still open to the peer. */
  readonly #dead = new Set<Socket>();
  #isBlocked = false;

  /** Hands the server connections that can be taken away from it. */
  constructor(server: Server) {
    const listeners = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (this.#isBlocked) {
        socket.on('error', () => socket.destroy()).resetAndDestroy();
        return;
      }
      const connection = new Connection(socket);
      this.#served.add(connection);
      connection.once('close', () => this.#served.delete(connection));
      for (const serve of listeners) Reflect.apply(serve, server, [connection]);
    });
  }

  /** The number of the server's open connections. */
  get size(): number {
    return this.#served.size;
  }

  /** Kills all open connections, also those with a running call. The server notices; the peers notice according to `how`. */
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
      socket.resume(); // reads everything, so that the peer can always write
    }
    this.#served.clear();
  }

  /** Cuts all connections and lets no new one in, as a network that is down. */
  block(): void {
    this.#isBlocked = true;
    this.kill('idle-fin');
  }

  unblock(): void {
    this.#isBlocked = false;
  }

  /** Closes all connections, also dead ones. */
  close(): void {
    for (const connection of this.#served) connection.destroy();
    for (const socket of this.#dead) socket.destroy();
  }
}

/** A connection as its server sees it, with what HTTP and gRPC servers need of a socket. */
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

  /** Closes it for its server, and returns the socket that is still open to the peer. */
  sever(): Socket {
    const { socket } = this;
    this.#isSevered = true;
    for (const event of ['data', 'end', 'timeout', 'close']) socket.removeAllListeners(event);
    socket.setTimeout(0);
    this.destroy();
    return socket;
  }

  /** Closes it after the answer that is about to be written. The answer is complete when nothing more is written. */
  async endAfterAnswer(): Promise<void> {
    const before = this.#writes;
    let seen = before;
    let quiet = 0;
    for (let turn = 0; quiet < QUIET_TURNS && turn < TURNS_AT_MOST; turn++) {
      await new Promise(setImmediate);
      quiet = this.#writes === before || this.#writes !== seen ? 0 : quiet + 1;
      seen = this.#writes;
    }
    this.end(); // written data still arrives; a reset could discard it
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
