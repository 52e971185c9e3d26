// The signing secrets that a soak rotates: the one that signs an event, and the time in which an instance may refuse it.
import { RECHECK_MS, ROTATION_GRACE_MS } from '../../handlers/core/signing-secret';

export interface SigningKey {
  readonly secret: string;
  /** From 1 on. */
  readonly number: number;
}

/**
 * After the swap, an instance that has just fetched its secrets fetches them again after `RECHECK_MS` at the earliest. By
 * design it refuses events signed with the new secret until then. A second is for the check itself.
 */
const REFUSED_FOR_MS = RECHECK_MS + 1_000;
/** How long some events are signed with the previous secret: much shorter than that is accepted. */
const PREVIOUS_FOR_MS = ROTATION_GRACE_MS / 2;

export class SigningKeys {
  #current: SigningKey;
  #rotated: { readonly previous: SigningKey; readonly at: number } | undefined;

  /** @param now milliseconds since the epoch, by the clock of the stack */
  constructor(
    secret: string,
    private readonly now: () => number,
  ) {
    this.#current = { secret, number: 1 };
  }

  /** From now on events are signed with another secret. */
  swap(secret: string): void {
    this.#rotated = { previous: this.#current, at: this.now() };
    this.#current = { secret, number: this.#current.number + 1 };
  }

  /** The key for an event sent now. */
  for({ outdated }: { readonly outdated: boolean }): SigningKey {
    const rotated = this.#rotated;
    return outdated && rotated && this.now() < rotated.at + PREVIOUS_FOR_MS
      ? rotated.previous
      : this.#current;
  }

  /** The key to use instead of one that may be refused at that time (milliseconds since the epoch). Undefined if it may not. */
  insteadOf({ number }: SigningKey, at: number): SigningKey | undefined {
    const rotated = this.#rotated;
    const isKnown = !rotated || at >= rotated.at + REFUSED_FOR_MS;
    return number === this.#current.number && !isKnown ? rotated.previous : undefined;
  }
}
