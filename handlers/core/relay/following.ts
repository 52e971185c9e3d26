// Where a subscription stands in its topic, and what it missed on the way (momentohq/client-protos, cachepubsub.proto).
import type { Uint64 } from '../uint64';

/** The next message to receive. Within a page sequence numbers count up by one; a topic that begins again has a new page. */
export interface Position {
  /** 0: whichever page the topic is on. */
  readonly page: Uint64;
  /** From 1; it never comes near 2^53. */
  readonly sequence: number;
}

/** All that Momento still holds of a topic, wherever that begins. */
export const FROM_THE_OLDEST: Position = { page: 0, sequence: 1 };

export class Following {
  /** @param next where to go on; undefined: with what is published after the first subscription */
  constructor(private next?: Position) {}

  /** What to subscribe to next; undefined until a subscription has begun. */
  get position(): Position | undefined {
    return this.next;
  }

  /**
   * A subscription has begun. Nothing that is published from now on is passed over, even where it breaks before the first
   * message and so before any position is known.
   */
  begun(): void {
    this.next ??= FROM_THE_OLDEST;
  }

  /** A message came. Gives how many before it never did. */
  received({ page, sequence }: Position): number {
    const missed = this.#missedUpTo({ page, sequence });
    const isRepeated = this.next?.page === page && sequence < this.next.sequence;
    if (!isRepeated) this.next = { page, sequence: sequence + 1 };
    return missed;
  }

  /**
   * Momento passed something over, and goes on at `to`; or it tells who asked without a position where the topic stands.
   * Gives how many messages it is known to have passed over.
   */
  jumped(to: Position): number {
    const isFollowing = this.next !== undefined && this.next.page !== 0;
    // No sequence is told but the page alone: it is no position, and the next message may be any.
    if (!isFollowing && to.sequence === 1) return 0;
    const missed = this.#missedUpTo(to);
    this.next = to;
    return missed;
  }

  /** What the topic's old page still held when it began again, nobody can tell: only the new one's can be counted. */
  #missedUpTo({ page, sequence }: Position): number {
    if (!this.next || this.next.page === 0) return 0;
    return Math.max(0, sequence - (this.next.page === page ? this.next.sequence : 1));
  }
}
