// One POST to a webhook: one try, a time-out over all of it, no redirect followed.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface Posted {
  /** Undefined: no answer, and `error` says why. */
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

  /** Cuts what is under way, and what was kept open for the next. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
