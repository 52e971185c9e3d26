// The webhook's URL, called over kept connections.
import * as http from 'node:http';
import * as https from 'node:https';
import type { Answered } from '../core/relay/delivery';
import type { WebhookRequest } from '../core/relay/request';
import { Connection, TRUSTED_FOR_MS } from './connection';

/** Time limit of the webhook's whole answer, in milliseconds. Momento allows the same. */
export const TIMEOUT_MS = 5_000;

/** No answer came; `name` says why, such as `ECONNREFUSED`. */
class NoAnswer extends Error {
  /** @param isReused whether the connection had been used before: if so, the webhook may never have seen the request */
  constructor(
    override readonly name: string,
    readonly isReused: boolean,
  ) {
    super('the webhook did not answer');
  }
}

/** The errors by which a kept connection shows, at its next use, that the other side closed it. */
const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

interface Connections {
  readonly agent: http.Agent;
  close(): void;
}

export class WebhookUrl {
  readonly #url: URL;
  readonly #connections: Connection<Connections>;
  readonly #request: typeof http.request;

  /**
   * @param connections how many may be open at the same time
   * @param now milliseconds since the epoch
   */
  constructor(url: string, connections: number, now?: () => number) {
    this.#url = new URL(url);
    const { Agent, request } = this.#url.protocol === 'https:' ? https : http;
    this.#request = request;
    this.#connections = new Connection(() => {
      const agent = new Agent({
        keepAlive: true,
        maxSockets: connections,
        maxFreeSockets: connections,
        timeout: TRUSTED_FOR_MS, // of each free connection: one in use says nothing about the others
      });
      return { agent, close: () => agent.destroy() };
    }, now);
  }

  /** Posts without following redirects. Rejects with a NoAnswer if no answer comes in time. */
  readonly post = (request: WebhookRequest): Promise<Answered> =>
    this.#post(request, Date.now() + TIMEOUT_MS, true);

  /** Tries once more if the connection was dead. No kept connection is trusted then, so the second try opens a new one. */
  async #post(request: WebhookRequest, deadline: number, mayRepeat: boolean): Promise<Answered> {
    const { result, heard, drop } = this.#connections.call(this.#url.origin, ({ agent }) =>
      this.#send(request, agent, deadline),
    );
    try {
      const answered = await result;
      heard();
      return answered;
    } catch (error) {
      drop();
      const neverSeen = error instanceof NoAnswer && error.isReused && CLOSED.has(error.name);
      if (neverSeen && mayRepeat) return this.#post(request, deadline, false);
      throw error;
    }
  }

  #send({ body, headers }: WebhookRequest, agent: http.Agent, deadline: number): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const request = this.#request(this.#url, { method: 'POST', agent, headers }, (response) => {
        response.resume(); // the body does not matter, but the connection is free only when it is read
        response.once('end', () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
        });
        response.once('error', fail);
      });
      const late = () => request.destroy(new NoAnswer('timeout', request.reusedSocket));
      const timer = setTimeout(late, deadline - Date.now());
      const fail = (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        const name = error.code ?? error.name;
        reject(error instanceof NoAnswer ? error : new NoAnswer(name, request.reusedSocket));
      };
      request.once('error', fail);
      request.end(body);
    });
  }

  close(): void {
    this.#connections.close();
  }
}
