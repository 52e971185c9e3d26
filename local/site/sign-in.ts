// A stand-in for the sign-in of a backend of one's own: on this machine, whoever gives a name is that user. It is part of
// the local stack, and never deployed.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const MAX_NAME_LENGTH = 64;

/** Sessions that need no store: the cookie holds the user's name and proves that it was given out here. */
export class SignIn {
  /**
   * @param port cookies do not tell apart the ports of a host, so their name does
   * @param key with the same one, a browser that was signed in before a restart still is
   */
  constructor(
    private readonly port: number,
    private readonly key: string,
  ) {}

  /** The user of the request's session. */
  userOf({ headers: { cookie = '' } }: IncomingMessage): string | undefined {
    const prefix = `${this.#cookie}=`;
    const ours = cookie.split('; ').find((one) => one.startsWith(prefix));
    const [name = '', proof = ''] = ours?.slice(prefix.length).split('.') ?? [];
    const given = Buffer.from(proof, 'base64url');
    const expected = this.#proof(name);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return Buffer.from(name, 'base64url').toString('utf8');
  }

  /** Begins a session, and returns the `set-cookie` of it. Undefined if the name is not usable. */
  begin(given: string): string | undefined {
    const user = given.trim();
    if (user === '' || user.length > MAX_NAME_LENGTH) return undefined;
    const name = Buffer.from(user).toString('base64url');
    const proof = this.#proof(name).toString('base64url');
    return `${this.#cookie}=${name}.${proof}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** The `set-cookie` that ends the browser's session. */
  end(): string {
    return `${this.#cookie}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0`;
  }

  #proof(name: string): Buffer {
    return createHmac('sha256', this.key).update(`session:${name}`).digest();
  }

  get #cookie(): string {
    return `session-${this.port}`;
  }
}
