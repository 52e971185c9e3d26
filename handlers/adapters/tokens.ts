// Tokens with which the program itself publishes for its users. They are kept, as vending one takes longer than publishing.
import { LRUCache } from 'lru-cache';
import type { Permission } from '../core/user-token';
import { TokenVending, type VendingSettings } from './token-vending';

/** How many users' tokens are kept at the same time; the least recently used makes room. */
const USERS_AT_MOST = 1_000;
/** The fraction of its lifetime for which a token is reused. The rest is enough for any publish under way. */
const USED_OF_LIFE = 0.8;

export interface TokenSettings extends VendingSettings {
  /** What each token may do. */
  readonly may: readonly Permission[];
}

export class Tokens {
  readonly #tokens: LRUCache<string, Promise<string>>;
  readonly #vending: TokenVending;

  constructor(private readonly settings: TokenSettings) {
    this.#tokens = new LRUCache({ max: USERS_AT_MOST, ttl: settings.ttlMinutes * 60_000 * USED_OF_LIFE });
    this.#vending = new TokenVending(settings);
  }

  /** A token for a user, kept or new. Calls at the same time share one. Throws as `TokenVending.vend` does. */
  async get(userId: string): Promise<{ token: string; kept: boolean }> {
    const kept = this.#tokens.get(userId);
    if (kept) return { token: await kept, kept: true };
    const vended = this.#vending.vend(userId, this.settings.may).then(({ authToken }) => authToken);
    this.#tokens.set(userId, vended);
    try {
      return { token: await vended, kept: false };
    } catch (error) {
      if (this.#tokens.peek(userId) === vended) this.#tokens.delete(userId);
      throw error;
    }
  }

  /** Forgets a user's token that Momento no longer accepts, unless another has taken its place. */
  async drop(userId: string, token: string): Promise<void> {
    const kept = this.#tokens.peek(userId);
    const isOfThisToken = (await kept?.catch(() => undefined)) === token;
    if (isOfThisToken && this.#tokens.peek(userId) === kept) this.#tokens.delete(userId);
  }
}
