// Keeps the subscription alive: when it breaks, it is opened again where it stopped.
import { type Backoff, nextWait } from '../backoff';
import type { Clock } from '../clock';
import { Following, type Position } from './following';
import type { Message } from './held';
import type { Report } from './report';

/** A stream that has been silent for this long is dead, in milliseconds. */
export const SILENCE_MS = 60_000;
/** Waits before a broken stream is opened again. */
export const BETWEEN_STREAMS: Backoff = { leastMs: 100, mostMs: 15_000 };
/** A stream that lived for this long did not fail, in milliseconds; the wait after it is short. */
const GOOD_LIFE_MS = 10_000;

/** What an open stream reports. After it has ended or was closed, it reports nothing. */
export interface StreamListener {
  message(message: Message): void;
  /** Messages were skipped; the next one is at this position. */
  discontinuity(next: Position): void;
  heartbeat(): void;
  /** @param reason a short text for the log */
  ended(reason: string): void;
}

export interface Stream {
  close(): void;
}

/** Opens a stream; undefined: with what is published from now on. It reports failures to the listener and never throws. */
export type OpenStream = (from: Position | undefined, listener: StreamListener) => Stream;

export interface FeedSettings {
  readonly open: OpenStream;
  readonly receive: (message: Message) => void;
  readonly clock: Clock;
  readonly report: Report;
}

export class Feed {
  readonly #following: Following;
  #stream: Stream | undefined;
  #cancelTimer: (() => void) | undefined;
  #openedAt = 0;
  #heardAt: number | undefined;
  #heardMessage = false;
  #waitedMs: number | undefined;
  #isWanted = false;

  /** @param from where to continue; undefined: with what is published from now on */
  constructor(
    private readonly settings: FeedSettings,
    from: Position | undefined,
  ) {
    this.#following = new Following(from);
  }

  /** The next message to receive; undefined before the first subscription. */
  get position(): Position | undefined {
    return this.#following.position;
  }

  /** When a stream last reported anything, in milliseconds since the epoch; undefined if none ever did. */
  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  /** When a stream was last opened or reported anything. It shows that this process works, not that Momento does. */
  get activeAt(): number {
    return Math.max(this.#openedAt, this.#heardAt ?? 0);
  }

  /** Whether messages are accepted. */
  get isOpen(): boolean {
    return this.#isWanted;
  }

  open(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#connect();
  }

  /** Accepts no more messages; `open` continues after the last accepted one. */
  close(): void {
    this.#isWanted = false;
    this.#disconnect();
  }

  #connect(): void {
    const { clock, report, open, receive } = this.settings;
    this.#openedAt = clock.now();
    this.#heardMessage = false;
    const heard = () => {
      this.#heardAt = clock.now();
      this.#following.begun();
    };
    const discontinuity = (missed: number, next: Position) => {
      if (missed > 0) report.count('Missed', missed);
      report.log('warn', { outcome: 'discontinuity', missed, page: next.page, sequence: next.sequence });
    };
    this.#stream = open(this.#following.position, {
      heartbeat: heard,
      message: (message) => {
        heard();
        this.#heardMessage = true;
        const missed = this.#following.received(message);
        if (missed > 0) discontinuity(missed, message);
        receive(message);
      },
      discontinuity: (next) => {
        heard();
        discontinuity(this.#following.jumped(next), next);
      },
      ended: (reason) => this.#reconnect(reason),
    });
    this.#listenForSilence(SILENCE_MS);
  }

  #listenForSilence(ms: number): void {
    const { clock } = this.settings;
    this.#cancelTimer = clock.after(ms, () => {
      const silentFor = clock.now() - this.activeAt;
      if (silentFor >= SILENCE_MS) this.#reconnect('silent');
      else this.#listenForSilence(SILENCE_MS - silentFor);
    });
  }

  #reconnect(reason: string): void {
    const { clock, report } = this.settings;
    this.#disconnect();
    const wasGood = this.#heardMessage || clock.now() - this.#openedAt >= GOOD_LIFE_MS;
    this.#waitedMs = nextWait(BETWEEN_STREAMS, wasGood ? undefined : this.#waitedMs, clock.random);
    report.log('warn', { outcome: 'subscription ended', reason, againInMs: Math.round(this.#waitedMs) });
    this.#cancelTimer = clock.after(this.#waitedMs, () => this.#connect());
  }

  #disconnect(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#stream?.close();
    this.#stream = undefined;
  }
}
