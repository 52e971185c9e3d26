// The soak: sends many events through the real handlers while calls fail, keys rotate and deliveries repeat, with quiet
// spells between them. Each event that was answered 2xx must then be stored exactly once, or be in the dead-letter queue.
import { randomBytes } from 'node:crypto';
import { makeLegacyKey } from 'local-momento';
import { type Stack, startStack } from '../../local/stack';
import { drain } from '../drain';
import { Sender } from '../sender';
import { crashesOf, elapsed, failuresOf, webhookHeap } from './observed';
import { LATE_MS, planFaults, publishedAt } from './plan';
import { Quiet, type QuietReport } from './quiet';
import { Chance } from './random';
import { planSpells } from './spells';
import { Traffic } from './traffic';
import { bodyIn, judge, type Verdict } from './verdict';

export interface SoakOptions {
  readonly events: number;
  /** The share of the calls to Momento and SQS that have a fault, from 0 to 1. */
  readonly faults: number;
  readonly seed: number;
  /** The number of concurrent requests, and of webhook instances. */
  readonly concurrency: number;
  /** Only this event, to look at one that failed, without a rotation or a quiet spell. */
  readonly only?: number;
  readonly onProgress?: (sent: number) => void;
  /** The folder of the program, such as a copy with a planted fault. Default: this project. */
  readonly folder?: string;
}

export interface SoakReport extends Verdict {
  /** The number of requests per status. */
  readonly answers: Record<number, number>;
  /** The number of function failures per error: each is answered 502, or repeated by the queue. */
  readonly failures: Record<string, number>;
  /** The number of instances that ended by themselves, per error. */
  readonly crashes: Record<string, number>;
  /** The number of genuine events answered 4xx when the webhook could know their secret. */
  readonly refused: number;
  /** Bytes of heap in use per webhook instance, on average. */
  readonly heap: { readonly before: number; readonly after: number };
  readonly quiet?: QuietReport;
}

export interface WebhookSoakReport extends SoakReport {
  /**
   * The number of events refused while instances could not know their secret yet. Momento's own would be lost; here each is
   * then signed with the previous secret, which must be accepted.
   */
  readonly refusedWhileRotating: number;
}

/** During the traffic, when this part of the events is sent. */
const ROTATE_SIGNING_SECRET_AT = 0.1;
const ROTATE_API_KEY_AT = 0.7;

export async function soak(options: SoakOptions): Promise<WebhookSoakReport> {
  const secret = randomBytes(16).toString('hex');
  const stack = await startStack({
    folder: options.folder,
    config: { commentsPerCourse: '10000', reservedConcurrency: String(options.concurrency) },
    secrets: { momentoApiKey: makeLegacyKey(), signingSecret: secret },
    momento: { caches: ['course-comments-dev'] },
  });
  const sender = new Sender(String(stack.outputs.webhookUrl), options.concurrency, stack.clock.now);
  try {
    return await new Soak(options, stack, sender, secret).run();
  } finally {
    sender.close();
    await stack.close();
  }
}

/** An action when this many events are sent. */
interface Step {
  readonly after: number;
  readonly work: () => Promise<void> | void;
}

class Soak {
  readonly #chance: Chance;
  readonly #traffic: Traffic;
  readonly #quiet: Quiet;

  constructor(
    private readonly options: SoakOptions,
    private readonly stack: Stack,
    private readonly sender: Sender,
    secret: string,
  ) {
    const { concurrency, onProgress } = options;
    this.#chance = new Chance(options.seed);
    const traffic = { chance: this.#chance, stack, sender, concurrency, onProgress };
    this.#traffic = new Traffic(traffic, secret);
    this.#quiet = new Quiet(this.#chance, stack, this.#traffic, options.events);
  }

  async run(): Promise<WebhookSoakReport> {
    const { stack, options } = this;
    const [failures, crashes] = [failuresOf(stack), crashesOf(stack)];
    const isAlone = options.only !== undefined;
    const indexes = isAlone ? [options.only] : [...Array(options.events).keys()];
    await this.sender.warm(options.concurrency);
    if (!isAlone) await this.#quiet.warm();
    const before = await webhookHeap(stack);
    const faults = planFaults(this.#chance, options.faults, bodyIn(stack));
    stack.setFaults(faults);
    let sent = 0;
    for (const { after, work } of isAlone ? [] : this.#steps()) {
      await this.#traffic.send(indexes.slice(sent, after));
      sent = after;
      await work();
      stack.setFaults(faults);
    }
    await this.#traffic.send(indexes.slice(sent));
    await drain(stack);
    await elapsed(2 * LATE_MS); // by now Momento and SQS have applied late calls
    await drain(stack);
    stack.setFaults(undefined);
    const after = await webhookHeap(stack);
    const verdict = await judge(stack, {
      chance: this.#chance,
      indexes: [...indexes, ...this.#quiet.indexes],
      apiKey: this.#traffic.apiKey,
      wasAccepted: (index) => this.#traffic.wasAccepted(index),
      publishedAt,
      groups: isAlone ? {} : this.#traffic.groups,
    });
    const { answers, refused, refusedWhileRotating, forgedAccepted } = this.#traffic;
    return {
      ...verdict,
      answers,
      failures,
      crashes,
      forgedAccepted: forgedAccepted + verdict.forgedAccepted,
      refused,
      refusedWhileRotating,
      heap: { before, after },
      quiet: this.#quiet.report,
    };
  }

  /** In their order. */
  #steps(): Step[] {
    const spells = planSpells(this.#chance, this.options.events);
    const at = (part: number) => Math.floor(this.options.events * part);
    const steps: Step[] = [
      { after: at(ROTATE_SIGNING_SECRET_AT), work: () => this.#traffic.rotateSigningSecret() },
      { after: at(ROTATE_API_KEY_AT), work: () => this.#traffic.rotateApiKey() },
      ...spells.map((spell, nth) => ({
        after: at((nth + 1) / (spells.length + 1)),
        work: async () => {
          await drain(this.stack);
          this.stack.setFaults(planFaults(this.#chance, 0, bodyIn(this.stack))); // events that Momento always refuses
          await this.#quiet.pass(spell);
          await this.#quiet.dropClient();
        },
      })),
    ];
    return steps.sort((one, other) => one.after - other.after);
  }
}
