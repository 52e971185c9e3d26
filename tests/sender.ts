// Sends signed events to a Function URL as Momento does: over HTTP, once, without a look at the answer.
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { SIGNATURE_HEADER, sign } from '../handlers/core/signature';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SentEvent {
  readonly cache: string;
  readonly topic: string;
  readonly event_timestamp: number;
  readonly topic_sequence_number: number;
  readonly token_id: string;
  readonly text: string;
}

/** How long what must succeed at last is tried, in milliseconds: far longer than a start takes on a busy machine. */
const TRY_FOR_MS = 180_000;

/** How long a connection may stay open that its caller closed, in milliseconds. */
const CLOSED_WITHIN_MS = 30_000;

export class Sender {
  readonly #agent: Agent;

  constructor(
    private readonly url: string,
    connections: number,
    private readonly now: () => number = Date.now,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Publishes an event now, signed with `secret`. */
  event(event: SentEvent, secret: string): Promise<Answer> {
    return this.signed(JSON.stringify({ ...event, publish_timestamp: this.now() }), secret);
  }

  /** Posts any body with a signature that holds. */
  signed(body: string | Uint8Array, secret: string, type = 'application/json'): Promise<Answer> {
    const bytes = Buffer.from(body);
    return this.post(bytes, { 'content-type': type, [SIGNATURE_HEADER]: sign(bytes, secret) });
  }

  post(body: Uint8Array, headers: Record<string, string>, method = 'POST'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        this.url,
        { method, agent: this.#agent, headers: { ...headers, 'content-length': body.byteLength } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const body = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
          });
          response.on('error', reject);
        },
      );
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // The other side closed a kept connection at the moment it was used again, and saw nothing of the request.
        if (sent.reusedSocket && error.code === 'ECONNRESET')
          this.post(body, headers, method).then(resolve, reject);
        else reject(error);
      });
      sent.end(body);
    });
  }

  /**
   * Posts a body that ends `missing` bytes before its content-length does, and closes its side of the connection. Gives
   * whatever was answered; undefined where the connection was closed without an answer.
   */
  cutShort(body: Uint8Array, headers: Record<string, string>, missing: number): Promise<Answer | undefined> {
    const { host, hostname, port, pathname } = new URL(this.url);
    const sent = { host, ...headers, 'content-length': String(body.byteLength + missing) };
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n`;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect({ host: hostname, port: Number(port) });
      socket.setTimeout(CLOSED_WITHIN_MS, () => socket.destroy(new Error('the connection stays open')));
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('close', () => {
        const answer = Buffer.concat(chunks).toString('utf8');
        const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
        resolve(status === undefined ? undefined : { status: Number(status), headers: {}, body: answer });
      });
      socket.end(Buffer.concat([Buffer.from(head), body]));
    });
  }

  /**
   * Starts so many instances at the same moment, and waits until each has its secrets: on a small machine that takes
   * longer than an event may wait.
   */
  async warm(instances: number): Promise<void> {
    const forged = () => this.signed('{}', 'a secret that never was');
    await answeredAtLast(403, () => Promise.all(Array.from({ length: instances }, forged)));
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Sends until every answer has this status. Throws after three minutes, with the last answers. */
export async function answeredAtLast(status: number, send: () => Promise<readonly Answer[]>): Promise<void> {
  const until = Date.now() + TRY_FOR_MS;
  for (;;) {
    const answers = await send();
    if (answers.every((answer) => answer.status === status)) return;
    if (Date.now() < until) continue;
    const last = [...new Set(answers.map((answer) => `${answer.status} ${answer.body}`))];
    throw new Error(`not answered ${status} for ${TRY_FOR_MS / 1000} s; at last: ${last.join(', ')}`);
  }
}
