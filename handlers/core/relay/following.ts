// The position of a subscription in its topic, and what it missed (momentohq/client-protos, cachepubsub.proto).
import type { Uint64 } from '../uint64';

/** The next message to receive. Within a page, sequence numbers count up by one; a topic that restarts has a new page. */
export interface Position {
  /** 0: whichever page the topic is on. */
  readonly page: Uint64;
  /** From 1, never near 2^53. */
  readonly sequence: number;
}

/** Everything that Momento still holds of a topic, wherever that begins. */
export const FROM_THE_OLDEST: Position = { page: 0, sequence: 1 };

export class Following {
  /** @param next where to continue; undefined: with what is published after the first subscription */
  constructor(private next?: Position) {}

  /** What to subscribe to next; undefined until a subscription has begun. */
  get position(): Position | undefined {
    return this.next;
  }

  /**
   * A subscription has begun. From now on no message is skipped, even if the subscription breaks before its first message,
   * when no position is known yet.
   */
  begun(): void {
    this.next ??= FROM_THE_OLDEST;
  }

  /** A message came. Returns how many messages before it never did. */
  received({ page, sequence }: Position): number {
    const missed = this.#missedUpTo({ page, sequence });
    const isRepeated = this.next?.page === page && sequence < this.next.sequence;
    if (!isRepeated) this.next = { page, sequence: sequence + 1 };
    return missed;
  }

  /**
   * Momento skipped messages and continues at `to`, or it tells a subscriber without a position where the topic stands.
   * Returns how many messages it is known to have skipped.
   */
  jumped(to: Position): number {
    const isFollowing = this.next !== undefined && this.next.page !== 0;
    // Momento gave only the page, no sequence. That is no position, and any message may come next.
    if (!isFollowing && to.sequence === 1) return 0;
    const missed = this.#missedUpTo(to);
    this.next = to;
    return missed;
  }

  /** When a topic restarts, nobody can tell what its old page still held. Only messages of the new page are counted. */
  #missedUpTo({ page, sequence }: Position): number {
    if (!this.next || this.next.page === 0) return 0;
    return Math.max(0, sequence - (this.next.page === page ? this.next.sequence : 1));
  }
}
