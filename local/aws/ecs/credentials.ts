// The address at which an ECS container finds the credentials of its task's role.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { Connections } from 'local-momento';
import { isForThisServer, listen } from '../http';
import type { AccessKey } from '../sigv4';

/** Each request gets new credentials, so nothing has to wait until these expire. */
const LIFE_MS = 6 * 3_600_000;

export class TaskCredentials {
  /** Nothing else on this machine should find them. */
  readonly #path = `/v2/credentials/${randomBytes(16).toString('hex')}`;
  readonly #server: Server;
  readonly connections: Connections;
  #port = 0;

  private constructor(key: () => Required<AccessKey>, now: () => number) {
    this.#server = createServer((request, response) => {
      if (!isForThisServer(request, this.#port)) return void response.writeHead(421).end();
      if (request.url !== this.#path) return void response.writeHead(404).end();
      const { accessKeyId, secretAccessKey, sessionToken } = key();
      const credentials = {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: new Date(now() + LIFE_MS).toISOString(),
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(credentials));
    });
    this.connections = new Connections(this.#server);
  }

  static async serve(key: () => Required<AccessKey>, now: () => number = Date.now): Promise<TaskCredentials> {
    const credentials = new TaskCredentials(key, now);
    credentials.#port = await listen(credentials.#server, 0);
    return credentials;
  }

  /** The variable that tells an AWS SDK the address. */
  get environment(): Record<string, string> {
    return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${this.#port}${this.#path}` };
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.connections.close();
    await closed;
  }
}
