// The journeys of the last messages through the stack, put together from the events of Momento and the functions.

import type { TopicMessage } from 'local-momento';
import type { Described, LocalApplication } from '../application';
import { type Outcome, readOutcome } from '../stack/outcome';

export const STATIONS = ['token', 'topic', 'webhook', 'outcome'] as const;
export type Station = (typeof STATIONS)[number];

export interface Step {
  readonly state: 'done' | 'waiting' | 'failed';
  /** Milliseconds after the journey's start. */
  readonly at: number;
  readonly text: string;
}

export interface Journey extends Described {
  readonly id: number;
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The publisher's `x-request-id`; other publishers need not send one. */
  requestId?: string;
  /** How long a new instance of the webhook took to initialise for this message, in milliseconds. */
  initMs?: number;
  readonly steps: Partial<Record<Station, Step>>;
}

/** Older journeys are forgotten. */
const JOURNEYS_AT_MOST = 30;

export class Journeys {
  readonly #all: Journey[] = [];
  /** By the position in the topic, which Momento names with each delivery. */
  readonly #byPlace = new Map<string, Journey>();
  #lastId = 0;

  /**
   * @param describe the application's
   * @param tell is called with a journey each time that it advances
   * @param now milliseconds since the epoch
   */
  constructor(
    private readonly describe: LocalApplication['describe'],
    private readonly tell: (journey: Journey) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** Newest first. */
  get all(): readonly Journey[] {
    return this.#all;
  }

  /** Begins the journey of a message that the page is about to publish. */
  begin(userId: string, described: Described): Journey {
    const journey: Journey = { id: ++this.#lastId, userId, ...described, startedAt: this.now(), steps: {} };
    this.#all.unshift(journey);
    for (const old of this.#all.splice(JOURNEYS_AT_MOST)) {
      for (const [place, one] of this.#byPlace) if (one === old) this.#byPlace.delete(place);
    }
    this.tell(journey);
    return journey;
  }

  /** Notes the publisher's answer: a refusal ends the journey. */
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
    const given = fieldsIn(text);
    const described = this.read(given);
    const own = this.#all.findLast(
      (one) => one.userId === tokenId && one.text === described.text && !one.steps.topic,
    );
    const journey = own ?? this.begin(tokenId, described);
    journey.requestId ??= requestIdIn(given);
    this.#byPlace.set(placeOf(message), journey);
    if (!journey.steps.token) this.#step(journey, 'token', 'done', tokenId ? 'reused' : 'none');
    this.#step(journey, 'topic', 'done', tokenId ? `published as ${tokenId}` : 'published with an API key');
  }

  /** Momento called the webhook. Without a status, it got no answer. */
  delivered(message: TopicMessage, answer: { status?: number; error?: string; ms: number }): void {
    const journey = this.#byPlace.get(placeOf(message));
    if (!journey) return;
    const { status, error = '', ms } = answer;
    const { initMs = 0 } = journey;
    const first = initMs > 0 ? `, after an INIT of ${inWords(initMs)}` : '';
    const answered = `answered ${status} in ${inWords(ms - initMs)}${first}`;
    const text = status === undefined ? `no answer: ${error}` : answered;
    const taken = status === 200 || status === 202;
    this.#step(journey, 'webhook', taken ? 'done' : 'failed', text);
    if (journey.steps.outcome) return;
    if (status === 200) this.#step(journey, 'outcome', 'done', journey.done);
    else if (status === 202) this.#step(journey, 'outcome', 'waiting', 'waits in the queue');
    else this.#step(journey, 'outcome', 'failed', 'nothing was done');
  }

  /** Handles any line that a function logged: `initMs` in its instance's first invocation. */
  logged(line: string, initMs?: number): void {
    const told = readOutcome(line);
    const journey = told && this.#all.find(({ requestId }) => requestId === told.requestId);
    if (journey && !journey.steps.webhook) journey.initMs ??= initMs;
    const meaning = journey && meaningOf(told, journey.done);
    if (!meaning || journey.steps.outcome?.state === 'done') return;
    this.#step(journey, 'outcome', ...meaning);
  }

  /** A message in the application's words. Anybody can publish anything. */
  read(message: unknown): Described {
    try {
      return this.describe(message);
    } catch {
      return {
        place: '?',
        text: typeof message === 'string' ? message : JSON.stringify(message),
        done: 'done',
      };
    }
  }

  #step(journey: Journey, station: Station, state: Step['state'], text: string): void {
    journey.steps[station] = { state, at: Math.max(0, this.now() - journey.startedAt), text };
    this.tell(journey);
  }
}

/** The outcome of a message, from a log line about its event. */
function meaningOf({ outcome, deliveries }: Outcome, done: string): [Step['state'], string] | undefined {
  const tries = deliveries === 1 ? 'once' : `${deliveries} times`;
  switch (outcome) {
    case 'stored':
      return ['done', done];
    case 'queued':
      return ['waiting', 'waits in the queue'];
    case 'not redriven':
      return ['waiting', `waits in the queue, tried ${tries}`];
    case 'redriven':
      return ['done', `${done}, from the queue, tried ${tries}`];
    case 'lost':
      return ['failed', 'lost: neither done nor queued'];
    default:
      return undefined; // a later line tells the outcome
  }
}

function inWords(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1_000).toFixed(1)}\u00a0s`;
}

function placeOf({ cache, topic, sequencePage, sequenceNumber }: TopicMessage): string {
  return JSON.stringify([cache, topic, sequencePage, sequenceNumber]);
}

/** The message, or its text if that is not JSON. */
function fieldsIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function requestIdIn(message: unknown): string | undefined {
  const { requestId } = Object(message);
  return typeof requestId === 'string' ? requestId : undefined;
}
