// The webhook's address, called over connections that are kept.
import * as http from 'node:http';
import * as https from 'node:https';
import type { Answered } from '../core/relay/delivery';
import type { WebhookRequest } from '../core/relay/request';

/** How long the webhook has for its whole answer, in milliseconds. Momento gives as much. */
export const TIMEOUT_MS = 5_000;

/** No answer came; `name` says why, as `ECONNREFUSED`. */
class NoAnswer extends Error {
  constructor(override readonly name: string) {
    super('the webhook did not answer');
  }
}

export class WebhookUrl {
  readonly #url: URL;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;

  /** @param connections how many may be open at the same time */
  constructor(url: string, connections: number) {
    this.#url = new URL(url);
    const { Agent, request } = this.#url.protocol === 'https:' ? https : http;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
    this.#request = request;
  }

  /** Posts once; redirects are not followed. Rejects with a NoAnswer where none came in time. */
  readonly post = (request: WebhookRequest): Promise<Answered> =>
    this.#post(request, Date.now() + TIMEOUT_MS);

  #post({ body, headers }: WebhookRequest, deadline: number): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const request = this.#request(
        this.#url,
        { method: 'POST', agent: this.#agent, headers },
        (response) => {
          response.resume(); // what it says does not matter, but the connection is free only when all is read
          response.once('end', () => {
            clearTimeout(timer);
            resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
          });
          response.once('error', fail);
        },
      );
      const timer = setTimeout(() => request.destroy(new NoAnswer('timeout')), deadline - Date.now());
      const fail = (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        // The webhook may have closed a kept connection at the moment it was used again: it never saw the request.
        if (request.reusedSocket && error.code === 'ECONNRESET') {
          this.#post({ body, headers }, deadline).then(resolve, reject);
        } else reject(error instanceof NoAnswer ? error : new NoAnswer(error.code ?? error.name));
      };
      request.once('error', fail);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
