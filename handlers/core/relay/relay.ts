// The relay delivers what is published on a topic to the webhook, at least once and in order per publisher.
import { type Backoff, nextWait } from '../backoff';
import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import { CAPACITY, type Capacity, excess, HALF, partOf } from './capacity';
import { type CheckpointStore, Checkpoints, readCheckpoint } from './checkpoints';
import { Delivery, type DeliverySettings } from './delivery';
import { Feed, type OpenStream } from './feed';
import type { Position } from './following';
import { Held, type Message } from './held';
import { Lanes } from './lanes';
import { SetAside } from './set-aside';

/** If nothing was heard, opened or tried for this long, in milliseconds, the process itself is stuck. */
const STUCK_MS = 180_000;
const BETWEEN_READS: Backoff = { leastMs: 500, mostMs: 15_000 };

export interface RelaySettings extends DeliverySettings {
  readonly openStream: OpenStream;
  readonly checkpoints: CheckpointStore;
  /** At either limit the relay closes the stream, and sets messages aside, until less than half of it is held. */
  readonly capacity?: Capacity;
  /** Tries under way at the same time. */
  readonly inFlight: number;
}

export class Relay {
  readonly #clock: Clock;
  readonly #lanes: Lanes<Held>;
  readonly #aside: SetAside;
  readonly #checkpoints: Checkpoints;
  /** What is not finished, in order of receipt. */
  readonly #held = new Set<Held>();
  readonly #capacity: Capacity;
  #characters = 0;
  #feed: Feed | undefined;
  readonly #startedAt: number;
  #triedAt = 0;
  #isStopping = false;
  #idle: (() => void) | undefined;

  constructor(private readonly settings: RelaySettings) {
    const { clock, report, capacity = CAPACITY, inFlight } = settings;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#capacity = capacity;
    const delivery = new Delivery(settings);
    this.#lanes = new Lanes(inFlight, (held) => this.#attempt(delivery, held), clock);
    this.#aside = new SetAside(
      inFlight,
      (batch) => delivery.setAside(batch),
      (held, isSafe) => (isSafe ? this.#finish(held) : this.#takeBack(held)),
    );
    this.#checkpoints = new Checkpoints(settings.checkpoints, () => this.#lowest(), clock, report);
  }

  /** Continues at the checkpoint. Resolves once that is known and the subscription is being opened. */
  async start(): Promise<void> {
    const from = await this.#readCheckpoint();
    if (this.#isStopping) return;
    const { clock, report, openStream } = this.settings;
    report.log('info', { outcome: 'started', from });
    this.#feed = new Feed(
      { open: openStream, receive: (message) => this.#receive(message), clock, report },
      from,
    );
    this.#feed.open();
    this.#checkpoints.start();
  }

  /**
   * Accepts no more messages, works on the held ones for up to `withinMs`, and writes the checkpoint. A relay that starts
   * from the checkpoint receives the rest again.
   */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    this.#feed?.close();
    if (this.#held.size > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(withinMs, resolve);
        this.#idle = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#lanes.stop();
    this.#aside.stop();
    await this.#checkpoints.stop();
    this.settings.report.log('info', { outcome: 'stopped', unfinished: this.unfinished });
  }

  /** The number of messages that were received and are not finished. */
  get unfinished(): number {
    return this.#held.size;
  }

  /**
   * How far the relay may be behind, in milliseconds: how long it has held the oldest unfinished message, or how long it has
   * heard nothing from the topic, not even a heartbeat, whichever is longer. It cannot know what was published in that
   * silence.
   */
  get lagMs(): number {
    const heardAt = this.#feed?.heardAt ?? this.#startedAt;
    return this.#clock.now() - Math.min(heardAt, this.#oldest?.receivedAt ?? heardAt);
  }

  /** How long the checkpoint could not be written, in milliseconds. */
  get checkpointAgeMs(): number {
    return this.#checkpoints.overdueMs;
  }

  /**
   * Whether the process works: it has subscribed once, and has heard, opened or tried something recently. After that, an
   * outage or a refusal by Momento or the webhook does not make it unhealthy: another process would fare no better, would be
   * replaced in turn, and would have to receive again what this one holds. The lag reports those.
   */
  get isHealthy(): boolean {
    if (this.#feed?.heardAt === undefined) return false;
    return this.#clock.now() - Math.max(this.#feed.activeAt, this.#triedAt) < STUCK_MS;
  }

  async #readCheckpoint(): Promise<Position | undefined> {
    const { checkpoints, clock, report } = this.settings;
    let waitedMs: number | undefined;
    while (!this.#isStopping) {
      try {
        return await readCheckpoint(checkpoints);
      } catch (error) {
        waitedMs = nextWait(BETWEEN_READS, waitedMs, clock.random);
        report.log('warn', { outcome: 'checkpoint not read', reason: reasonOf(error) });
        const wait = waitedMs;
        await new Promise<void>((resolve) => clock.after(wait, resolve));
      }
    }
    return undefined;
  }

  #receive(message: Message): void {
    if (message.text === undefined) {
      const { page, sequence } = message;
      this.settings.report.count('Malformed');
      this.settings.report.log('warn', { outcome: 'not text', page, sequence });
      return;
    }
    const held = new Held(message, message.text, this.#clock.now());
    this.#held.add(held);
    this.#characters += message.text.length;
    this.#lanes.add(message.tokenId, held);
    if (this.#feed?.isOpen && this.#isFilled(1)) {
      this.settings.report.log('warn', { outcome: 'paused', unfinished: this.unfinished });
      this.#feed.close();
      this.#setAside(excess(this.#held, this.#capacity));
    }
  }

  /** What Momento forgets while the stream is closed is lost. In the queue nothing is. */
  #setAside(messages: readonly Held[]): void {
    if (messages.length === 0) return;
    this.settings.report.log('error', { outcome: 'set aside', messages: messages.length });
    for (const held of messages) held.isSetAside = true;
    this.#aside.add(messages);
  }

  /** The queue did not take it: its lane does, at its end if it has passed it meanwhile. */
  #takeBack(held: Held): void {
    held.isSetAside = false;
    if (held.isPassed) this.#lanes.add(held.tokenId, held);
    held.isPassed = false;
  }

  async #attempt(delivery: Delivery, held: Held): Promise<number | undefined> {
    if (held.isSetAside) {
      held.isPassed = true;
      return undefined;
    }
    this.#triedAt = this.#clock.now();
    const wait = await delivery.attempt(held);
    if (wait === undefined) this.#finish(held);
    return wait;
  }

  #finish(held: Held): void {
    this.#held.delete(held);
    this.#characters -= held.text.length;
    held.finish();
    if (this.#held.size === 0) this.#idle?.();
    if (this.#feed && !this.#feed.isOpen && !this.#isStopping && !this.#isFilled(HALF)) this.#feed.open();
  }

  #isFilled(part: number): boolean {
    return partOf({ messages: this.#held.size, characters: this.#characters }, this.#capacity) >= part;
  }

  #lowest(): Position | undefined {
    return this.#oldest ?? this.#feed?.position;
  }

  get #oldest(): Held | undefined {
    return this.#held.values().next().value;
  }
}
