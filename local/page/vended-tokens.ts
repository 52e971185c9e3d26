// The tokens that Momento vended and nobody has published with yet. A message's own token is among them, or it is a kept one.

/** The publisher publishes at once with the token that it asks for; it answers within this time. */
const PUBLISHED_WITHIN_MS = 5_000;

export interface Vended {
  readonly tokenId: string;
  readonly at: number;
  /** Whether the token service asked for it. A user's browser publishes with it later. */
  byService: boolean;
}

export class VendedTokens {
  #unused: Vended[] = [];

  add(tokenId: string, at: number): void {
    this.#unused = this.#unused.filter((one) => one.byService || at - one.at <= PUBLISHED_WITHIN_MS);
    this.#unused.push({ tokenId, at, byService: false });
  }

  /** The token service logged that it vended a token: the oldest that nobody has claimed. */
  wasForService(): void {
    const one = this.#unused.find(({ byService }) => !byService);
    if (one) one.byService = true;
  }

  /** The token with which a message of this user was published first; undefined if it was used before. */
  use(tokenId: string, at: number): Vended | undefined {
    const fits = (one: Vended) =>
      one.tokenId === tokenId && (one.byService || at - one.at <= PUBLISHED_WITHIN_MS);
    const index = this.#unused.findIndex(fits);
    return index < 0 ? undefined : this.#unused.splice(index, 1)[0];
  }
}
