// What a local Momento can be told at its start.
import type { FaultPlan } from './faults';

/**
 * Where a subscription without a sequence number begins on a topic that has messages.
 * - `latest`: a discontinuity with page and sequence, unless the subscriber named this page; then the latest message
 *   (client-protos: it "will begin with the latest messages", and "If you didn't have one, then this is just telling you
 *   what the sequence page is expected to be"; Momento's Python suite expects the latest message)
 * - `next`: the next message
 * - `place`: a discontinuity with page and sequence, then the next message (client-sdk-go, pull request 540: "heartbeat,
 *   then discontinuity")
 * - `page`: a discontinuity with only the page, then the next message
 */
export type Beginning = 'latest' | 'next' | 'place' | 'page';

export interface MomentoOptions {
  /** 0, the default: any free one. */
  port?: number;
  /**
   * The address to listen on; default 127.0.0.1, which only this machine reaches. A container needs `0.0.0.0`. Whoever can
   * reach it can do everything that the API keys allow, and cut it off by its admin port.
   */
  host?: string;
  /** Where `/block` and `/unblock` cut the network; 0 for any free port. Default: no such port. */
  adminPort?: number;
  /**
   * Whole API keys, legacy or v2: every call needs one, or a token vended for one. None, the default: "Momento local",
   * which needs no key, but still refuses a wrong one.
   */
  apiKeys?: readonly string[];
  /** Caches to create at the start. */
  caches?: readonly string[];
  /**
   * Milliseconds since the epoch, for times to live, token expiry and message times. Default: `Date.now`; for times to live
   * `performance`, which counts fractions.
   */
  now?: () => number;
  faults?: FaultPlan;
  /** The time between a subscription's heartbeats; the first comes at once. Default: 5,000. */
  heartbeatMs?: number;
  /** How many messages of a topic a subscription can go back. Default: 1,000. */
  historyPerTopic?: number;
  /** Where a subscription without a position begins. Default: `latest`. */
  beginning?: Beginning;
  /** The limit per webhook; `Infinity` for none. Momento's default is 5. */
  deliveriesPerSecond?: number;
  /** Accepts webhooks for other machines too, as Momento does, but never calls them. */
  takesAnyDestination?: boolean;
  /** How many messages may wait for a webhook's rate; more are dropped. Default: 1,000. */
  deliveryBacklog?: number;
  /** How long a webhook may take to answer. Default: 5,000. */
  deliveryTimeoutMs?: number;
  /** The longest time to live. Default: 86,400, Momento's default limit. */
  maxTtlSeconds?: number;
}

/** @throws RangeError for a number out of its range */
export function checkRanges(options: MomentoOptions): void {
  const counts = [
    'heartbeatMs',
    'historyPerTopic',
    'deliveryBacklog',
    'deliveryTimeoutMs',
    'maxTtlSeconds',
  ] as const;
  for (const name of counts) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`${name} must be a whole number from 1 on, not ${value}`);
    }
  }
  const { deliveriesPerSecond: rate = 5 } = options;
  if (!(rate > 0)) throw new RangeError(`deliveriesPerSecond must be above 0, not ${rate}`);
}
