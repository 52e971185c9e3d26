// The ways of the last comments through the stack, put together from what Momento and the functions tell as it happens.
import * as v from 'valibot';
import { messageSchema } from '../../handlers/core/comment';
import { parseJson } from '../../handlers/core/parse';
import type { TopicMessage } from '../momento';

export const STATIONS = ['token', 'topic', 'webhook', 'cache'] as const;
export type Station = (typeof STATIONS)[number];

export interface Step {
  readonly state: 'done' | 'waiting' | 'failed';
  /** Milliseconds after the journey's start. */
  readonly at: number;
  readonly text: string;
}

export interface Journey {
  readonly id: number;
  readonly userId: string;
  readonly courseId: string;
  readonly comment: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** What the publisher answered as `x-request-id`; other publishers need not give one. */
  requestId?: string;
  readonly steps: Partial<Record<Station, Step>>;
}

/** Older ones are forgotten. */
const JOURNEYS_AT_MOST = 30;

/** A log line of a function that tells what became of an event. */
const outcomeLine = v.object({
  message: v.object({
    outcome: v.picklist(['stored', 'queued', 'lost', 'redriven', 'not redriven']),
    requestId: v.string(),
    deliveries: v.optional(v.number()),
  }),
});

export class Journeys {
  readonly #all: Journey[] = [];
  /** By the place on the topic, which Momento names with each delivery. */
  readonly #byPlace = new Map<string, Journey>();
  #lastId = 0;

  /**
   * @param tell is given a journey as often as it gets on
   * @param now milliseconds since the epoch
   */
  constructor(
    private readonly tell: (journey: Journey) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** Newest first. */
  get all(): readonly Journey[] {
    return this.#all;
  }

  /** A comment that is about to be published from here. */
  begin(publication: { userId: string; courseId: string; comment: string }): Journey {
    const journey: Journey = { id: ++this.#lastId, ...publication, startedAt: this.now(), steps: {} };
    this.#all.unshift(journey);
    for (const old of this.#all.splice(JOURNEYS_AT_MOST)) {
      for (const [place, one] of this.#byPlace) if (one === old) this.#byPlace.delete(place);
    }
    this.tell(journey);
    return journey;
  }

  /** What the publisher answered: a refusal ends the journey where it stands. */
  answered(journey: Journey, status: number, requestId: string | undefined, message: string): void {
    journey.requestId ??= requestId;
    const station = journey.steps.token ? 'topic' : 'token';
    if (status === 200) this.tell(journey);
    else this.#step(journey, station, 'failed', `the publisher answered ${status}: ${message}`);
  }

  tokenVended(tokenId: string): void {
    const journey = this.#all.findLast((one) => one.userId === tokenId && !one.steps.token);
    if (journey) this.#step(journey, 'token', 'done', `vended for ${tokenId}`);
  }

  published(message: TopicMessage): void {
    const { tokenId, text = '' } = message;
    const parsed = readMessage(text);
    const own = this.#all.findLast(
      (one) => one.userId === tokenId && one.comment === parsed.comment && !one.steps.topic,
    );
    const journey = own ?? this.begin({ userId: tokenId, ...parsed });
    journey.requestId ??= parsed.requestId;
    this.#byPlace.set(placeOf(message), journey);
    if (!journey.steps.token) this.#step(journey, 'token', 'done', tokenId ? 'kept from before' : 'none');
    this.#step(journey, 'topic', 'done', tokenId ? `published as ${tokenId}` : 'published with an API key');
  }

  /** Momento called the webhook; without a status it got no answer. */
  delivered(message: TopicMessage, answer: { status?: number; error?: string; ms: number }): void {
    const journey = this.#byPlace.get(placeOf(message));
    if (!journey) return;
    const { status, error = '', ms } = answer;
    const text = status === undefined ? `no answer: ${error}` : `answered ${status} in ${inWords(ms)}`;
    const taken = status === 200 || status === 202;
    this.#step(journey, 'webhook', taken ? 'done' : 'failed', text);
    if (journey.steps.cache) return;
    if (status === 200) this.#step(journey, 'cache', 'done', 'stored');
    else if (status === 202) this.#step(journey, 'cache', 'waiting', 'waits in the queue');
    else this.#step(journey, 'cache', 'failed', 'nothing was stored');
  }

  /** A line that a function logged, whatever it is about. */
  logged(line: string): void {
    const told = readOutcome(line);
    const journey = told && this.#all.find(({ requestId }) => requestId === told.requestId);
    if (!journey || journey.steps.cache?.state === 'done') return;
    const [state, text] = meaningOf(told);
    this.#step(journey, 'cache', state, text);
  }

  #step(journey: Journey, station: Station, state: Step['state'], text: string): void {
    journey.steps[station] = { state, at: Math.max(0, this.now() - journey.startedAt), text };
    this.tell(journey);
  }
}

/** What a line about an event means for its comment. */
function meaningOf({
  outcome,
  deliveries,
}: v.InferOutput<typeof outcomeLine>['message']): [Step['state'], string] {
  const tries = deliveries === 1 ? 'once' : `${deliveries} times`;
  switch (outcome) {
    case 'stored':
      return ['done', 'stored'];
    case 'queued':
      return ['waiting', 'waits in the queue'];
    case 'not redriven':
      return ['waiting', `waits in the queue, tried ${tries}`];
    case 'redriven':
      return ['done', `stored from the queue, tried ${tries}`];
    case 'lost':
      return ['failed', 'lost: neither stored nor queued'];
  }
}

function inWords(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1_000).toFixed(1)}\u00a0s`;
}

function placeOf({ cache, topic, sequencePage, sequenceNumber }: TopicMessage): string {
  return JSON.stringify([cache, topic, sequencePage, sequenceNumber]);
}

/** Anybody may publish anything. */
function readMessage(text: string): { comment: string; courseId: string; requestId?: string } {
  try {
    const { comment, courseId, requestId } = parseJson(messageSchema, text);
    return { comment, courseId: String(courseId), ...(requestId && { requestId }) };
  } catch {
    return { comment: text, courseId: '?' };
  }
}

function readOutcome(line: string) {
  try {
    const parsed = v.safeParse(outcomeLine, JSON.parse(line));
    return parsed.success ? parsed.output.message : undefined;
  } catch {
    return undefined; // what crashed, say, is no JSON
  }
}
