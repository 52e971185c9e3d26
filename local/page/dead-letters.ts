// Tells the journeys of messages that end in the dead-letter queue, or leave it, whoever moves them.
import * as v from 'valibot';
import type { Sqs } from '../aws/sqs';
import type { Message } from '../aws/sqs/message-queue';
import type { Journeys } from './journeys';
import type { Found } from './positions';

export interface QueueUrls {
  readonly redrive: string;
  readonly deadLetter: string;
}

const eventShape = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ cache: v.string(), topic: v.string(), topic_sequence_number: v.number(), text: v.string() }),
);

export class DeadLetters {
  /** By the message's id in the queue. */
  #known = new Map<string, Message>();

  constructor(
    private readonly sqs: Sqs,
    private readonly urls: QueueUrls,
    private readonly journeys: Pick<Journeys, 'find' | 'gaveUp' | 'leftDeadLetters'>,
  ) {}

  /** Compares the queue with the last look. */
  look(): void {
    const before = this.#known;
    const { messages } = this.sqs.find(this.urls.deadLetter);
    this.#known = new Map(messages.map((one) => [one.id, one]));
    for (const [id, { body, sourceArn }] of this.#known) {
      const found = before.has(id) ? undefined : foundIn(body);
      if (found) this.journeys.gaveUp(found, `given up ${this.#byWhom(sourceArn)}`);
    }
    const waiting = new Set(this.sqs.find(this.urls.redrive).messages.map(({ body }) => body));
    for (const [id, { body }] of before) {
      const found = this.#known.has(id) ? undefined : foundIn(body);
      if (found) this.journeys.leftDeadLetters(found, { isBack: waiting.has(body) });
    }
  }

  /** Sends the message of a journey back into the redrive queue; without a journey, every message. */
  sendBack(id?: number): void {
    const isWanted = ({ body }: Message) => {
      const found = foundIn(body);
      return id === undefined || (found !== undefined && this.journeys.find(found)?.id === id);
    };
    this.look();
    this.sqs.move(this.urls.deadLetter, this.urls.redrive, isWanted);
    this.look();
  }

  #byWhom(sourceArn: string | undefined): string {
    if (sourceArn === undefined) return 'by the relay';
    return `after ${this.sqs.find(sourceArn).settings.giveUp?.maxReceives ?? 'some'} tries`;
  }
}

/** Anybody who may send to the queue can put anything into it. */
function foundIn(body: string): Found | undefined {
  const parsed = v.safeParse(eventShape, body);
  if (!parsed.success) return undefined;
  const { topic_sequence_number: sequenceNumber, ...rest } = parsed.output;
  return { ...rest, sequenceNumber };
}
