// One POST to a webhook: one try, with a time-out for all of it. It follows no redirect.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface Posted {
  /** Undefined if there was no answer; `error` says why. */
  status?: number;
  error?: string;
}

export class Poster {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  constructor(private readonly timeoutMs: number) {}

  post(url: string, headers: Record<string, string>, body: Buffer): Promise<Posted> {
    return new Promise((resolve) => {
      const isHttps = url.startsWith('https:');
      const options = { method: 'POST', headers, agent: isHttps ? this.#https : this.#http };
      const request = isHttps ? httpsRequest(url, options) : httpRequest(url, options);
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${this.timeoutMs} ms`)),
        this.timeoutMs,
      );
      request.once('close', () => clearTimeout(timer));
      request.once('error', (error) => resolve({ error: error.message }));
      request.once('response', (response) => {
        response.resume();
        response.once('error', () => undefined);
        resolve(response.statusCode === undefined ? { error: 'no status' } : { status: response.statusCode });
      });
      request.end(body);
    });
  }

  /** Cuts running calls and idle connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
