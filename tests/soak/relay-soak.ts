// The soak of the relay: many users publish while calls fail, the webhook answers 503, 429 or nothing, connections are
// cut, Momento is restarted, and the relay is killed or may not subscribe for minutes of its clock. Each event must then be
// stored exactly once, or be in the dead-letter queue.
import { type FaultPlan, firstOf } from 'local-momento';
import { type Stack, startStack } from '../../local/stack';
import { Publisher } from '../../local/stack/publisher';
import { drain } from '../drain';
import { complaintsOf } from './complaints';
import { LeapingClock } from './leaping-clock';
import { crashesOf, elapsed, failuresOf, webhookHeap } from './observed';
import { indexOf, LATE_MS, planEvent, planFaults, planReceiverFaults } from './plan';
import { Chance } from './random';
import type { SoakOptions, SoakReport } from './soak';
import { bodyIn, deadLettered, judge, storedComments } from './verdict';

/** The ways of cutting the relay off from its messages, in turn. */
const BREAKS = ['cut', 'kill', 'restart', 'deaf'] as const;
type Break = (typeof BREAKS)[number];

export interface RelaySoakReport extends SoakReport {
  /** The count of each. */
  readonly breaks: Record<Break, number>;
  /** How often the relay was deaf for minutes, and the alarm's metric did not show it. */
  readonly untold: number;
}

/** How long a deaf relay cannot subscribe, by its own clock, in milliseconds. */
const DEAF_MS = 360_000;
/** Its lag must then reach this: it was above the alarm's threshold in four of the five minutes; the alarm needs three. */
const TELLING_LAG_MS = 300_000;
/** In milliseconds, by this machine's clock: longer than the relay's report interval, which the leaping clock shortens. */
const TELLS_WITHIN_MS = 45_000;
/** The lag must still be told when the deaf relay has tried to subscribe so often: a try is no sign of life. */
const TRIES_WHILE_DEAF = 2;

/** How long an event may take, in milliseconds: longer than the tries of the relay and then of the queue. */
const ON_ITS_WAY_MS = 180_000;
const LOOK_EVERY_MS = 250;

export interface RelaySoakOptions extends Omit<SoakOptions, 'only'> {
  /** Spread evenly between the events. */
  readonly breaks: number;
}

/** A sentence for each failure; none if the soak held. */
export function relayComplaintsOf(report: RelaySoakReport, faults: number): string[] {
  const { untold } = report;
  const deaf =
    untold > 0 ? [`${untold} times the relay was deaf for minutes, and its lag did not show it`] : [];
  return [...complaintsOf(report, faults), ...deaf];
}

export async function relaySoak(options: RelaySoakOptions): Promise<RelaySoakReport> {
  const clock = new LeapingClock();
  const stack = await startStack({
    folder: options.folder,
    config: {
      delivery: 'relay',
      commentsPerCourse: '10000',
      reservedConcurrency: String(options.concurrency),
    },
    momento: { historyPerTopic: options.events },
    relayEnvironment: clock.environment,
  });
  try {
    return await new RelaySoak(options, stack, clock).run();
  } finally {
    await stack.close();
    clock.close();
  }
}

class RelaySoak {
  readonly #chance: Chance;
  readonly #publisher: Publisher;
  readonly #answers: Record<number, number> = {};
  readonly #failures: Record<string, number>;
  readonly #breaks: Record<Break, number> = { cut: 0, kill: 0, restart: 0, deaf: 0 };
  readonly #crashes: Record<string, number>;
  readonly #published: number[] = [];
  /** Deliveries that the webhook itself refused while the relay's clock was right. A 429 comes from a fault. */
  #refused = 0;
  #isDeaf = false;
  /** What the relay signs then is not fresh by the webhook's clock. */
  #isClockAhead = false;
  #triesWhileDeaf = 0;
  #untold = 0;

  constructor(
    private readonly options: RelaySoakOptions,
    private readonly stack: Stack,
    private readonly clock: LeapingClock,
  ) {
    this.#chance = new Chance(options.seed);
    const { apiKey, cacheName, topicName, momento } = stack;
    this.#publisher = new Publisher({ apiKey, cacheName, topicName, local: `127.0.0.1:${momento.port}` });
    this.#failures = failuresOf(stack);
    this.#crashes = crashesOf(stack);
    stack.events.on('request', ({ url, status }) => {
      if (url !== 'webhook') return;
      this.#answers[status] = (this.#answers[status] ?? 0) + 1;
      if (status >= 400 && status < 500 && status !== 429 && !this.#isClockAhead) this.#refused += 1;
    });
  }

  async run(): Promise<RelaySoakReport> {
    const { stack, options } = this;
    stack.setFaults(this.#faults());
    const part = Math.ceil(options.events / (options.breaks + 1));
    let before: number | undefined;
    for (let from = 0; from < options.events; from += part) {
      await this.#publish(from, Math.min(from + part, options.events));
      before ??= await webhookHeap(stack);
      if (this.#isDeaf) await this.#hearAgain();
      if (from + part < options.events) await this.#break(BREAKS[(from / part) % BREAKS.length]);
    }
    await this.#taken();
    await drain(stack);
    await elapsed(2 * LATE_MS); // by now Momento and SQS have applied late calls
    await drain(stack);
    stack.setFaults(undefined);
    const verdict = await judge(stack, {
      ...this.#sent,
      wasAccepted: () => true, // Momento accepted it, and the relay must lose nothing
    });
    const heap = { before: before ?? 0, after: await webhookHeap(stack) };
    return {
      ...verdict,
      answers: this.#answers,
      failures: this.#failures,
      crashes: this.#crashes,
      refused: this.#refused,
      breaks: this.#breaks,
      untold: this.#untold,
      heap,
    };
  }

  get #sent() {
    return { chance: this.#chance, indexes: this.#published, apiKey: this.stack.apiKey };
  }

  /**
   * Momento is restarted only between two parts: a restart deletes its history, and with it messages that nobody has received.
   * The soak's own reads have no faults.
   */
  #faults(): FaultPlan {
    const { faults } = this.options;
    const plan = firstOf([
      planFaults(this.#chance, faults, bodyIn(this.stack)),
      planReceiverFaults(this.#chance, faults),
    ]);
    return (operation, request) => {
      if (operation === 'SortedSetFetch') return undefined;
      if (operation === 'Subscribe' && this.#isDeaf) {
        this.#triesWhileDeaf++;
        return { kind: 'refuse' };
      }
      const fault = plan(operation, request);
      return fault?.kind === 'restart' ? { kind: 'refuse' } : fault;
    };
  }

  async #publish(from: number, to: number): Promise<void> {
    let next = from;
    const work = async () => {
      for (let index = next++; index < to; index = next++) {
        const { userId, courseId, comment } = planEvent(this.#chance, index);
        await this.#publisher.publish(userId, JSON.stringify({ comment, courseId }));
        this.#published.push(index);
        this.options.onProgress?.(this.#published.length);
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
  }

  async #break(kind: Break | undefined): Promise<void> {
    const { momento, relay } = this.stack;
    if (!kind || !relay) throw new Error('there is no relay to break');
    this.#breaks[kind]++;
    if (kind === 'kill') return relay.kill();
    if (kind === 'cut') return momento.dropSubscriptions();
    await this.#taken();
    if (kind === 'deaf') return this.#deafen();
    const back = this.#subscribed();
    momento.restart();
    await back;
  }

  /** Until the next part is published, the relay receives nothing, and minutes pass on its clock. */
  async #deafen(): Promise<void> {
    this.#isDeaf = true;
    this.stack.momento.dropSubscriptions();
    this.#isClockAhead = true;
    this.clock.set(DEAF_MS);
    this.#triesWhileDeaf = 0;
    if (!(await this.#tellsLag())) this.#untold++;
  }

  async #hearAgain(): Promise<void> {
    const back = this.#subscribed();
    this.clock.set(0); // its deliveries must be fresh by the webhook's clock
    this.#isDeaf = false;
    await back;
    this.#isClockAhead = false;
  }

  #subscribed(): Promise<void> {
    const { momento } = this.stack;
    return new Promise<void>((resolve) => {
      const onSubscribed = () => {
        momento.off('subscribed', onSubscribed);
        resolve();
      };
      momento.on('subscribed', onSubscribed);
    });
  }

  /** Whether the next reports of the relay show the alarm's condition. */
  async #tellsLag(): Promise<boolean> {
    const { events } = this.stack;
    let isTold = false;
    const listen = ({ function: name, line }: { function: string; line: string }) => {
      if (name !== 'relay' || !line.includes('"Lag"')) return;
      const { Lag } = JSON.parse(line);
      if (this.#triesWhileDeaf >= TRIES_WHILE_DEAF) isTold ||= Lag >= TELLING_LAG_MS;
    };
    events.on('log', listen);
    for (const until = Date.now() + TELLS_WITHIN_MS; !isTold && Date.now() < until; )
      await elapsed(LOOK_EVERY_MS);
    events.off('log', listen);
    return isTold;
  }

  /** Waits until all events are stored or in a queue. The verdict judges those that take too long. */
  async #taken(): Promise<void> {
    const queue = this.stack.sqs.find(String(this.stack.outputs.redriveQueueUrl));
    const until = Date.now() + ON_ITS_WAY_MS;
    while (Date.now() < until) {
      const stored = await storedComments(this.stack, this.#sent);
      const dead = deadLettered(this.stack);
      const queued = new Set(queue.messages.map(({ body }) => indexOf(body)));
      if (this.#published.every((index) => stored.has(index) || dead.has(index) || queued.has(index))) return;
      await elapsed(LOOK_EVERY_MS);
    }
  }
}
