// Which signing secrets are accepted: the current one and, for an hour after a rotation, the previous one.
import { CachedSecret } from './cached-secret';
import { AccessDenied } from './errors';
import { isSignature, verifySignature } from './signature';

/** The current versions of a secret. */
export interface SecretVersions {
  readonly current: string;
  readonly previous?: string;
  /** When the current version was created, in milliseconds since the epoch. */
  readonly changedAt: number;
}

/** How long the previous secret is accepted after a change, in milliseconds. */
export const ROTATION_GRACE_MS = 3_600_000;
/** How long fetched secrets are used while signatures match, in milliseconds: the longest that a rotation goes unnoticed. */
export const SERVE_MS = 300_000;
/** After a signature that does not match, secrets older than this are fetched again, in milliseconds. */
export const RECHECK_MS = 30_000;
/** How long an event waits for newer secrets if the held ones may match it, in milliseconds. */
export const PATIENCE_MS = 500;

export class SigningSecret {
  readonly #versions: CachedSecret<SecretVersions>;

  /** @param fetch gets the versions; rejects if none is set or they are out of reach */
  constructor(
    fetch: () => Promise<SecretVersions>,
    private readonly now: () => number = Date.now,
  ) {
    this.#versions = new CachedSecret(fetch, ROTATION_GRACE_MS, now);
  }

  /** Fetches while the function initialises, so that the first request need not wait. Never rejects. */
  async prefetch(): Promise<void> {
    await this.#versions.prefetch();
  }

  /**
   * Throws AccessDenied unless `signature` was made over `body` with an accepted secret. Throws Unavailable if that cannot be
   * decided: no secret is available, or only one that may have been rotated since. A malformed signature costs neither a
   * fetch nor a hash.
   */
  async check(body: Uint8Array, signature: string | undefined): Promise<void> {
    if (!isSignature(signature)) throw new AccessDenied('unsigned');
    const held = await this.#versions.get(SERVE_MS, PATIENCE_MS);
    if (this.#matches(body, signature, held)) return;
    const fresh = await this.#versions.fresh(RECHECK_MS); // it may have been rotated a moment ago
    if (fresh !== held && this.#matches(body, signature, fresh)) return;
    throw new AccessDenied('signature');
  }

  #matches(body: Uint8Array, signature: string, { current, previous, changedAt }: SecretVersions): boolean {
    const graceful = previous !== undefined && this.now() < changedAt + ROTATION_GRACE_MS;
    return verifySignature(body, signature, graceful ? [current, previous] : [current]);
  }
}
