// Many messages of many users at once, through the publisher, counted as they arrive.
import type { Fields } from '../application';
import { type Journey, type PublisherAnswer, STATIONS, type Station } from './journey';
import type { Journeys } from './journeys';

const MESSAGES = 100;
const USERS = 20;
/** Requests to the publisher at the same time: each more may start another instance of the function. */
const AT_ONCE = 2;

export interface Reason {
  /** The step that failed. */
  readonly station: Station;
  readonly text: string;
  readonly count: number;
}

export interface BurstState {
  readonly messages: number;
  readonly users: number;
  readonly published: number;
  readonly refused: number;
  readonly done: number;
  readonly waiting: number;
  readonly givenUp: number;
  readonly failed: number;
  /** Why messages failed or were not published, each reason with how many of them. */
  readonly reasons: readonly Reason[];
  /** Milliseconds from the publisher's call to the outcome: half of the messages took at most this long, and all did. */
  readonly median: number | undefined;
  readonly slowest: number | undefined;
  /** Milliseconds since the start, of which the last message took up to the end. */
  readonly took: number;
}

export class Burst {
  #isPublishing = false;
  #startedAt = 0;

  /** @param publish sends a message to the publisher; rejects if it is out of reach */
  constructor(
    private readonly journeys: Journeys,
    private readonly publish: (body: object) => Promise<PublisherAnswer>,
  ) {}

  get isPublishing(): boolean {
    return this.#isPublishing;
  }

  /** Begins to publish. @param fields of an example message; `textField` gets another text each time */
  start(fields: Fields, textField: string): void {
    this.#isPublishing = true;
    this.#startedAt = Date.now();
    this.journeys.forgetBurst();
    const numbers = Array.from({ length: MESSAGES }, (_, index) => index + 1).values();
    const sender = async () => {
      for (const number of numbers) await this.#send(fields, textField, number);
    };
    void Promise.all(Array.from({ length: AT_ONCE }, sender)).finally(() => {
      this.#isPublishing = false;
    });
  }

  /** Undefined before the first burst. */
  get state(): BurstState | undefined {
    const all = this.journeys.all.filter(({ inBurst }) => inBurst);
    if (all.length === 0) return undefined;
    const ended = (state: string) => all.filter(({ steps }) => steps.outcome?.state === state);
    const times = ended('done')
      .map(({ steps }) => steps.outcome?.at ?? 0)
      .sort((one, other) => one - other);
    const last = Math.max(0, ...all.map(({ steps, startedAt }) => startedAt + (steps.outcome?.at ?? 0)));
    const refused = all.filter(({ steps }) =>
      [steps.publisher, steps.topic].some((step) => step?.state === 'failed'),
    );
    const failed = all.filter(
      ({ steps: { outcome, webhook } }) =>
        outcome?.state === 'failed' || (!outcome && webhook?.state === 'failed'),
    );
    return {
      messages: MESSAGES,
      users: USERS,
      published: all.filter(({ steps }) => steps.topic?.state === 'done').length,
      refused: refused.length,
      done: times.length,
      waiting: ended('waiting').length,
      givenUp: ended('given-up').length,
      failed: failed.length,
      reasons: reasonsOf([...refused, ...failed]),
      median: times[Math.floor((times.length - 1) / 2)],
      slowest: times.at(-1),
      took: Math.max(0, last - this.#startedAt),
    };
  }

  async #send(fields: Fields, textField: string, number: number): Promise<void> {
    const userId = `user-${(number % USERS) + 1}`;
    const message = { ...fields, [textField]: `Message ${number} of ${MESSAGES}` };
    const journey = this.journeys.begin(userId, this.journeys.read(message), { inBurst: true });
    const answer = await this.publish({ userId, ...message }).catch(
      (error: unknown): PublisherAnswer => ({ status: 0, message: String(error), ms: 0 }),
    );
    this.journeys.answered(journey, answer);
  }
}

/** Which steps failed, and how, without the time that each took. The most frequent first. */
function reasonsOf(journeys: readonly Journey[]): Reason[] {
  const reasons = new Map<string, Reason>();
  for (const { steps } of journeys) {
    const station = STATIONS.find((one) => steps[one]?.state === 'failed') ?? 'webhook';
    const text = steps[station]?.text.replace(/ in \d.*$/, '') ?? '';
    const key = `${station} ${text}`;
    reasons.set(key, { station, text, count: (reasons.get(key)?.count ?? 0) + 1 });
  }
  return [...reasons.values()].sort((one, other) => other.count - one.count);
}
