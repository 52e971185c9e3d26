// A message from its receipt until it is finished: delivered, permanently refused, or in the dead-letter queue.
import type { Uint64 } from '../uint64';
import type { Position } from './following';

/** A message as it comes from the topic. */
export interface Message extends Position {
  /** The id that the publisher's token carries; empty if an API key published. */
  readonly tokenId: string;
  /** Undefined if the message is binary. */
  readonly text: string | undefined;
}

/** A message to deliver. */
export class Held implements Position {
  readonly page: Uint64;
  readonly sequence: number;
  readonly tokenId: string;
  text: string;
  /** Whether it goes into the dead-letter queue untried. */
  isSetAside = false;
  /** Whether its lane has passed it for that. */
  isPassed = false;
  /** When it was first tried, in milliseconds since the epoch. */
  firstTriedAt: number | undefined;
  /** The wait before the latest try, in milliseconds. */
  waitedMs: number | undefined;
  /** Whether the webhook refused the signature of the latest try. */
  denied = false;

  /** @param receivedAt milliseconds since the epoch; a message itself carries no time */
  constructor(
    { page, sequence, tokenId }: Message,
    text: string,
    readonly receivedAt: number,
  ) {
    this.page = page;
    this.sequence = sequence;
    this.tokenId = tokenId;
    this.text = text;
  }

  /** Lets go of the text: a lane may keep the message for longer. */
  finish(): void {
    this.text = '';
  }
}
