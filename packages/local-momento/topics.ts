// One topic: its messages in order, as far back as its history goes, and its subscribers.
import { cache_client as grpc } from '@gomomento/generated-types/dist/cachepubsub';
import type { TopicMessage } from './events';
import type { Beginning } from './options';

const { pubsub } = grpc;

export interface Item {
  message: TopicMessage;
  value: grpc.pubsub._TopicValue;
}

/** The part of a gRPC stream that a subscription writes to. */
export interface ItemStream {
  write(item: grpc.pubsub._SubscriptionItem): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/**
 * Sequence numbers count up from 1 within a sequence page; a restart begins a new page
 * (momentohq/client-protos, cachepubsub.proto).
 */
export class Topic {
  readonly subscriptions = new Set<Subscription>();
  #kept: Item[] = [];
  #last = 0;

  constructor(
    private page: number,
    private readonly historyLimit: number,
  ) {}

  get sequencePage(): number {
    return this.page;
  }

  get lastSequenceNumber(): number {
    return this.#last;
  }

  get oldestSequenceNumber(): number {
    return this.#last - Math.min(this.#kept.length, this.historyLimit) + 1;
  }

  /** The message at this sequence number, if the history still has it. */
  at(sequenceNumber: number): Item | undefined {
    if (sequenceNumber < this.oldestSequenceNumber) return undefined;
    return this.#kept[this.#kept.length - 1 - (this.#last - sequenceNumber)];
  }

  /** Appends the result of `make` for the next sequence number, and sends it to all subscribers. */
  publish(make: (sequenceNumber: number, sequencePage: number) => Item): TopicMessage {
    this.#last += 1;
    const item = make(this.#last, this.page);
    this.#kept.push(item);
    // Cut in large pieces: moving the array for each message would cost more than keeping the messages.
    if (this.#kept.length >= 2 * this.historyLimit) this.#kept = this.#kept.slice(-this.historyLimit);
    for (const subscription of this.subscriptions) subscription.pump();
    return item.message;
  }

  /** Begins again at sequence number 1 on a new page; the old page's messages are gone. */
  reset(newPage: number): void {
    this.page = newPage;
    this.#kept = [];
    this.#last = 0;
    for (const subscription of this.subscriptions) subscription.pump();
  }
}

/** What a subscriber names: 0 for a number or a page that it does not know. */
export interface Position {
  /** The next message to send. */
  sequenceNumber: number;
  /** The page of the sequence number; 0 for any page. */
  sequencePage: number;
}

/**
 * A position in a topic and the stream that follows it. For a slow reader nothing is buffered: when its stream drains, it
 * reads on from the history, and a discontinuity tells it what it missed.
 */
export class Subscription {
  #next: number;
  #page: number;
  #blocked = false;

  constructor(
    private readonly topic: Topic,
    private readonly stream: ItemStream,
    private readonly named: Position,
    private readonly beginning: Beginning,
  ) {
    const { lastSequenceNumber, sequencePage } = topic;
    const isLatest = beginning === 'latest' && topic.at(lastSequenceNumber) !== undefined;
    this.#next = named.sequenceNumber || lastSequenceNumber + (isLatest ? 0 : 1);
    this.#page = (named.sequenceNumber > 0 && named.sequencePage) || sequencePage;
  }

  start(): void {
    const { topic, named, beginning } = this;
    topic.subscriptions.add(this);
    this.heartbeat();
    const isTold = beginning !== 'next' && named.sequencePage !== topic.sequencePage;
    if (isTold && named.sequenceNumber === 0 && topic.lastSequenceNumber > 0) {
      this.#discontinuity(0, beginning === 'page' ? 0 : this.#next - 1);
    }
    this.pump();
  }

  stop(): void {
    this.topic.subscriptions.delete(this);
  }

  /** Sends none to a stuck stream: they would pile up. */
  heartbeat(): void {
    if (this.#blocked) return;
    this.#write(new pubsub._SubscriptionItem({ heartbeat: new pubsub._Heartbeat() }));
  }

  /** Sends the messages that were not sent yet. */
  pump(): void {
    const { topic } = this;
    while (!this.#blocked && topic.subscriptions.has(this)) {
      const isOutside = this.#next < topic.oldestSequenceNumber || this.#next > topic.lastSequenceNumber + 1;
      if (this.#page !== topic.sequencePage || isOutside) this.#jump();
      const item = topic.at(this.#next);
      if (item === undefined) return;
      this.#next += 1;
      this.#write(new pubsub._SubscriptionItem({ item: itemOf(item) }));
    }
  }

  /** Moves to the oldest message still there, or to the end of the same page if the position is beyond it. */
  #jump(): void {
    const { topic } = this;
    const isBeyond = this.#page === topic.sequencePage && this.#next > topic.lastSequenceNumber;
    const last_topic_sequence = this.#next - 1;
    this.#next = isBeyond ? topic.lastSequenceNumber + 1 : topic.oldestSequenceNumber;
    this.#page = topic.sequencePage;
    // The number before the next item: a client resumes at its last number plus one.
    this.#discontinuity(last_topic_sequence, this.#next - 1);
  }

  #discontinuity(last_topic_sequence: number, new_topic_sequence: number): void {
    const discontinuity = new pubsub._Discontinuity({
      last_topic_sequence,
      new_topic_sequence,
      new_sequence_page: this.#page,
    });
    this.#write(new pubsub._SubscriptionItem({ discontinuity }));
  }

  #write(item: grpc.pubsub._SubscriptionItem): void {
    if (this.stream.write(item)) return;
    this.#blocked = true;
    this.stream.once('drain', () => {
      this.#blocked = false;
      this.pump();
    });
  }
}

const itemOf = ({ message, value }: Item): grpc.pubsub._TopicItem =>
  new pubsub._TopicItem({
    topic_sequence_number: message.sequenceNumber,
    sequence_page: message.sequencePage,
    publisher_id: message.tokenId,
    value,
  });
