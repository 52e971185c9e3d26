// The journeys of the last messages through the stack, put together from the events of Momento and the functions.
import type { TopicMessage } from 'local-momento';
import type { Described, LocalApplication } from '../application';
import { type Outcome, readOutcome } from '../stack/outcome';
import {
  isAtPublisher,
  type Journey,
  type PublisherAnswer,
  type State,
  type Station,
  setStep,
} from './journey';
import { LogLines } from './log-lines';
import { authorIn, type Found, fieldsIn, Positions, requestIdIn } from './positions';
import { VendedTokens } from './vended-tokens';
import { answerWords, inWords, isVerified, meaningOf, silenceWords, vendedWords } from './words';

/** Older journeys are forgotten; those of a burst, when the next one begins. */
const JOURNEYS_AT_MOST = 30;

export class Journeys {
  readonly #all: Journey[] = [];
  readonly #positions = new Positions<Journey>();
  readonly #logs = new LogLines();
  readonly #vended = new VendedTokens();
  /** What the publisher answered where it failed: Momento may have taken the message. */
  readonly #failures = new WeakMap<Journey, string>();
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

  /** Begins the journey of a message that the page is about to send to the publisher. */
  begin(userId: string, described: Described, { inBurst = false } = {}): Journey {
    const journey = this.#begin({ userId, ...described, inBurst, startedAt: this.now() });
    this.#step(journey, 'publisher', 'waiting', 'asked');
    return journey;
  }

  /** Notes an attack, with where its request ended. */
  attacked(
    described: Described,
    attack: { readonly name: string; readonly verdict: string; readonly ms: number },
    ended: { readonly station: Station; readonly text: string; readonly after?: string },
  ): void {
    const { name, verdict, ms } = attack;
    const startedAt = this.now() - ms;
    const about = { userId: '', ...described, inBurst: false, startedAt };
    const journey = this.#begin({ ...about, attack: { name, verdict } });
    const state = verdict === 'succeeded' ? 'failed' : 'done';
    this.#step(journey, ended.station, state, ended.text);
    if (ended.after !== undefined) this.#step(journey, 'outcome', state, ended.after);
  }

  forgetBurst(): void {
    for (const old of this.#all.filter(({ inBurst }) => inBurst)) this.#forget(old);
  }

  /** Notes the publisher's answer: a refusal ends the journey, where it stopped. */
  answered(journey: Journey, { status, requestId, message, ms }: PublisherAnswer): void {
    if (requestId !== undefined) journey.requestId ??= requestId;
    if (status === 200) {
      this.#step(journey, 'publisher', 'done', `answered 200 in ${inWords(ms)}`);
      return;
    }
    const answer = `answered ${status}: ${message}`;
    if (status < 400 || status >= 500) this.#failures.set(journey, answer);
    if (journey.steps.topic) this.#publishedAllTheSame(journey);
    else if (!journey.steps.token) this.#step(journey, 'publisher', 'failed', answer);
    else this.#step(journey, 'topic', 'failed', `not published; the publisher ${answer}`);
  }

  tokenVended(tokenId: string): void {
    const journey = this.#all.findLast((one) => one.userId === tokenId && isAtPublisher(one));
    if (!journey) {
      this.#vended.add(tokenId, this.now());
      return;
    }
    this.#accepted(journey);
    this.#step(journey, 'token', 'done', `vended for ${tokenId}`);
  }

  published(message: TopicMessage): void {
    const { tokenId, text = '' } = message;
    const given = fieldsIn(text);
    const described = this.read(given);
    const requestId = requestIdIn(given);
    const journey =
      this.#publishedLate(tokenId, requestId) ??
      this.#published(tokenId, described) ??
      this.#fromElsewhere(tokenId, described);
    journey.requestId ??= requestId;
    const claimed = authorIn(given);
    if (claimed !== undefined && claimed !== tokenId) journey.claims = claimed;
    this.#positions.set(message, journey);
    if (!journey.steps.token) this.#step(journey, 'token', 'done', tokenId ? 'reused' : 'none');
    this.#step(journey, 'topic', 'done', tokenId ? `published as ${tokenId}` : 'published with an API key');
  }

  /** Momento called the webhook. Without a status, it got no answer. */
  delivered(message: TopicMessage, answer: { status?: number; error?: string; ms: number }): void {
    const journey = this.#positions.get(message);
    if (!journey) return;
    const { status, error = '', ms } = answer;
    const text = status === undefined ? silenceWords(error) : answerWords(status, ms, journey.initMs);
    this.#step(journey, 'webhook', status === 200 || status === 202 ? 'done' : 'failed', text);
    if (journey.steps.outcome) return;
    if (status === 200) this.#step(journey, 'outcome', 'done', journey.done);
    else if (status === 202) this.#step(journey, 'outcome', 'waiting', 'waits in the queue');
  }

  /** Momento did not call the webhook, and never will. */
  dropped(message: TopicMessage, reason: string): void {
    const journey = this.#positions.get(message);
    if (journey) this.#step(journey, 'webhook', 'failed', `not called: ${reason}`);
  }

  /** Handles any line that a function logged: `initMs` in its instance's first invocation. */
  logged(line: string, initMs?: number): void {
    const kept = this.#logs.keep(line);
    if (!kept) return;
    if (kept.outcome === 'vended') this.#vended.wasForService();
    const journey = this.#all.find(({ requestId }) => requestId === kept.requestId);
    if (!journey) return;
    const told = readOutcome(line);
    if (told && !journey.steps.webhook) journey.initMs ??= initMs;
    if (told) this.#learned(journey, told);
    else if (kept.outcome === 'published' && !journey.steps.publisher) this.#accepted(journey);
    else this.#tell(journey);
  }

  /** The message is in the dead-letter queue. */
  gaveUp(found: Found, why: string): void {
    const journey = this.find(found);
    if (journey && journey.steps.outcome?.state !== 'done') this.#step(journey, 'outcome', 'given-up', why);
  }

  /** The message is no longer in the dead-letter queue. */
  leftDeadLetters(found: Found, { isBack }: { readonly isBack: boolean }): void {
    const journey = this.find(found);
    if (journey?.steps.outcome?.state !== 'given-up') return;
    if (isBack) this.#step(journey, 'outcome', 'waiting', 'sent back to the queue');
    else this.#step(journey, 'outcome', 'failed', 'deleted from the dead-letter queue');
  }

  /** The journey of a message in a queue. */
  find(found: Found): Journey | undefined {
    const id = requestIdIn(fieldsIn(found.text ?? ''));
    const byId = id === undefined ? undefined : this.#all.find(({ requestId }) => requestId === id);
    return byId ?? this.#positions.find(found);
  }

  /** A message in the application's words. Anybody can publish anything. */
  read(message: unknown): Described {
    try {
      return this.describe(message);
    } catch {
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      return { place: '?', text, done: 'done' };
    }
  }

  /** The page's own message that is now published. */
  #published(tokenId: string, { text }: Described): Journey | undefined {
    const own = this.#all.findLast(
      (one) => one.userId === tokenId && one.text === text && !one.steps.topic && isAtPublisher(one, 'token'),
    );
    if (own) this.#accepted(own);
    return own;
  }

  /** The page's own message that Momento took after the publisher had given it up. */
  #publishedLate(tokenId: string, requestId: string | undefined): Journey | undefined {
    const journey = this.#all.find((one) => one.userId === tokenId && one.requestId === requestId);
    if (requestId === undefined || !journey || !this.#failures.has(journey)) return undefined;
    this.#publishedAllTheSame(journey);
    return journey;
  }

  #publishedAllTheSame(journey: Journey): void {
    const text = `${this.#failures.get(journey)}. The message was published all the same`;
    this.#step(journey, 'publisher', 'done', text);
  }

  /** Somebody else's message, as of a backend or of a browser with a token of its own. It began with its token. */
  #fromElsewhere(tokenId: string, described: Described): Journey {
    const now = this.now();
    const vended = tokenId === '' ? undefined : this.#vended.use(tokenId, now);
    const startedAt = vended && !vended.byService ? vended.at : now;
    const journey = this.#begin({ userId: tokenId, ...described, inBurst: false, startedAt });
    if (vended) setStep(journey, 'token', { state: 'done', at: 0, text: vendedWords(vended) });
    return journey;
  }

  #learned(journey: Journey, told: Outcome): void {
    const verified = isVerified(told) && journey.steps.webhook?.state !== 'done';
    if (verified) this.#step(journey, 'webhook', 'done', 'verified the event');
    const meaning = meaningOf(told, journey.done);
    if (meaning && journey.steps.outcome?.state !== 'done') this.#step(journey, 'outcome', ...meaning);
    else this.#tell(journey);
  }

  #accepted(journey: Journey): void {
    this.#step(journey, 'publisher', 'done', 'took it');
  }

  #begin(started: Omit<Journey, 'id' | 'logs' | 'steps'>): Journey {
    const journey: Journey = { id: ++this.#lastId, logs: [], steps: {}, ...started };
    this.#all.unshift(journey);
    const listed = this.#all.filter(({ inBurst }) => !inBurst);
    for (const old of listed.slice(JOURNEYS_AT_MOST)) this.#forget(old);
    return journey;
  }

  #forget(old: Journey): void {
    this.#all.splice(this.#all.indexOf(old), 1);
    this.#positions.forget(old);
  }

  /** What is known of an earlier step may become clearer; its time stays. */
  #step(journey: Journey, station: Station, state: State, text: string): void {
    const before = journey.steps[station];
    const isClearer = before?.state === state && station !== 'outcome';
    const at = isClearer ? before.at : this.now() - journey.startedAt;
    setStep(journey, station, { state, at, text });
    this.#tell(journey);
  }

  #tell(journey: Journey): void {
    journey.logs = this.#logs.of(journey.requestId);
    this.tell(journey);
  }
}
