// Tells when a subscription's stream has ended. The SDK hides a broken one and subscribes again, but a message published
// meanwhile can be missed: it knows no place to resume at before its first message. Two signs tell of the end: the
// browser's record of the finished request, and silence where there were heartbeats.

/** The path of a gRPC call that subscribes. */
const SUBSCRIBE = '/cache_client.pubsub.Pubsub/Subscribe';

/** How long a stream may be silent before its heartbeats have shown their pace, at least and at most. */
const SILENCE_MS = { unknown: 20_000, least: 2_000, most: 30_000 };
/** How many heartbeats may be missing. */
const MISSING_BEATS = 3;

export class StreamEnd {
  #since = performance.now();
  #last = performance.now();
  /** When the latest heartbeat came. */
  #beatAt;
  #pace = 0;
  #observer;
  #timer;

  /** @param tell is called when a stream that began after this moment has ended, or has gone silent */
  constructor(tell) {
    this.#observer = new PerformanceObserver((list) => {
      const isOver = list
        .getEntries()
        .some(({ name, startTime }) => startTime >= this.#since && new URL(name).pathname === SUBSCRIBE);
      if (isOver) tell();
    });
    this.#observer.observe({ type: 'resource' });
    this.#timer = setInterval(() => {
      if (performance.now() - this.#last > this.#patience) tell();
    }, 1_000);
  }

  /** Something came. */
  heard() {
    this.#last = performance.now();
  }

  /** A heartbeat came. The first comes at once, and says nothing of the pace. */
  beat() {
    const now = performance.now();
    if (this.#beatAt !== undefined) this.#pace = Math.max(this.#pace, now - this.#beatAt);
    this.#beatAt = now;
    this.#last = now;
  }

  stop() {
    this.#observer.disconnect();
    clearInterval(this.#timer);
  }

  get #patience() {
    const { unknown, least, most } = SILENCE_MS;
    return this.#pace === 0 ? unknown : Math.min(Math.max(this.#pace * MISSING_BEATS, least), most);
  }
}
