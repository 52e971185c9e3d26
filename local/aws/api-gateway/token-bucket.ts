import type { Limits } from './declared';

/**
 * Lets through as many requests as there are tokens. It is full at first, and fills up again at a constant rate.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export class TokenBucket {
  #tokens: number;
  #at: number;

  /** @param now milliseconds */
  constructor(
    private readonly limits: Limits,
    private readonly now: () => number,
  ) {
    this.#tokens = limits.burst;
    this.#at = now();
  }

  /** Whether there was a token. */
  take(): boolean {
    const { rate, burst } = this.limits;
    const now = this.now();
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) / 1000) * rate);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
