// Tokens with which the program itself publishes for its users. They are kept, as vending one takes longer than publishing.
import { LRUCache } from 'lru-cache';
import type { Permission } from '../core/user-token';
import { TokenVending, type VendingSettings } from './token-vending';

/** How many users' tokens are kept at the same time; the least recently used makes room. */
const USERS_AT_MOST = 1_000;
/** The fraction of its lifetime for which a token is reused. The rest is enough for any publish under way. */
const USED_OF_LIFE = 0.8;
/** Nobody waits longer for a token, in milliseconds. A vending that began earlier was frozen with the function. */
const VENDED_WITHIN_MS = 5_000;

interface Kept {
  readonly token: Promise<string>;
  readonly since: number;
  isVended: boolean;
}

export interface TokenSettings extends VendingSettings {
  /** What each token may do. */
  readonly may: readonly Permission[];
}

export class Tokens {
  readonly #tokens: LRUCache<string, Kept>;

  /** @param now milliseconds since the epoch */
  constructor(
    private readonly settings: TokenSettings,
    private readonly vending: Pick<TokenVending, 'vend'> = new TokenVending(settings),
    private readonly now: () => number = Date.now,
  ) {
    this.#tokens = new LRUCache({ max: USERS_AT_MOST, ttl: settings.ttlMinutes * 60_000 * USED_OF_LIFE });
  }

  /** A token for a user, kept or new. Calls at the same time share one. Throws as `TokenVending.vend` does. */
  async get(userId: string): Promise<{ token: string; kept: boolean }> {
    const known = this.#tokens.get(userId);
    if (known && (known.isVended || this.now() - known.since < VENDED_WITHIN_MS)) {
      return { token: await known.token, kept: true };
    }
    const token = this.vending.vend(userId, this.settings.may).then(({ authToken }) => authToken);
    const entry: Kept = { token, since: this.now(), isVended: false };
    this.#tokens.set(userId, entry);
    try {
      const vended = await token;
      entry.isVended = true;
      return { token: vended, kept: false };
    } catch (error) {
      if (this.#tokens.peek(userId) === entry) this.#tokens.delete(userId);
      throw error;
    }
  }

  /** Forgets a user's token that Momento no longer accepts, unless another has taken its place. */
  async drop(userId: string, token: string): Promise<void> {
    const known = this.#tokens.peek(userId);
    const isOfThisToken = (await known?.token.catch(() => undefined)) === token;
    if (isOfThisToken && this.#tokens.peek(userId) === known) this.#tokens.delete(userId);
  }
}
