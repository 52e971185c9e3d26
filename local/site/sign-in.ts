// A stand-in for the sign-in of a backend of one's own: on this machine, whoever gives a name is that user. It is part of
// the local stack, and never deployed.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const MAX_NAME_LENGTH = 64;
const MAX_SESSIONS = 1_000;

export class SignIn {
  readonly #users = new Map<string, string>();

  /** @param port cookies do not tell apart the ports of a host, so their name does */
  constructor(private readonly port: number) {}

  /** The user of the request's session. */
  userOf({ headers: { cookie = '' } }: IncomingMessage): string | undefined {
    const prefix = `${this.#cookie}=`;
    const ours = cookie.split('; ').find((one) => one.startsWith(prefix));
    return ours && this.#users.get(ours.slice(prefix.length));
  }

  /** Begins a session, and returns the `set-cookie` of it. Undefined if the name is not usable. */
  begin(given: string): string | undefined {
    const name = given.trim();
    if (name === '' || name.length > MAX_NAME_LENGTH) return undefined;
    const [oldest] = this.#users.keys();
    if (oldest !== undefined && this.#users.size >= MAX_SESSIONS) this.#users.delete(oldest);
    const id = randomBytes(16).toString('base64url');
    this.#users.set(id, name);
    return `${this.#cookie}=${id}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** The `set-cookie` that ends the browser's session. */
  end(): string {
    return `${this.#cookie}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0`;
  }

  get #cookie(): string {
    return `session-${this.port}`;
  }
}
