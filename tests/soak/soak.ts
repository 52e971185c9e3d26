// The soak: many events through the real handlers while calls fail, keys rotate and deliveries repeat. What was answered
// 2xx must then be stored exactly once, or stand in the dead-letter queue.
import { randomBytes } from 'node:crypto';
import { makeLegacyKey } from '../../local/momento';
import { type Stack, startStack } from '../../local/stack';
import { drain } from '../drain';
import { Sender, type SentEvent } from '../sender';
import { LATE_MS, type PlannedEvent, planEvent, planFaults, publishedAt } from './plan';
import { Chance } from './random';
import { bodyIn, judge, type Verdict } from './verdict';

export interface SoakOptions {
  readonly events: number;
  /** The share of the calls to Momento and SQS that meet a fault, from 0 to 1. */
  readonly faults: number;
  readonly seed: number;
  /** Requests at the same time, and instances of the webhook. */
  readonly concurrency: number;
  /** Only this event, for a look at one that failed, and without a rotation. */
  readonly only?: number;
  readonly onProgress?: (sent: number) => void;
}

export interface SoakReport extends Verdict {
  /** How many requests were answered with each status. */
  readonly answers: Record<number, number>;
  /** Bytes of heap in use in one instance of the webhook, on average. */
  readonly heap: { readonly before: number; readonly after: number };
}

/** One forged event is sent for so many real ones. */
const FORGED_ONE_IN = 20;
/** Once that part of the events is sent. */
const ROTATE_SIGNING_SECRET_AT = 1 / 3;
const ROTATE_API_KEY_AT = 2 / 3;

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const secret = randomBytes(16).toString('hex');
  const stack = await startStack({
    config: { commentsPerCourse: '10000', reservedConcurrency: String(options.concurrency) },
    secrets: { momentoApiKey: makeLegacyKey(), signingSecret: secret },
    momento: { caches: ['course-comments-dev'] },
  });
  const sender = new Sender(String(stack.outputs.webhookUrl), options.concurrency);
  try {
    return await new Soak(options, stack, sender, secret).run();
  } finally {
    sender.close();
    await stack.close();
  }
}

class Soak {
  readonly #chance: Chance;
  readonly #answers: Record<number, number> = {};
  readonly #accepted = new Set<number>();
  #forgedAccepted = 0;
  #apiKey: string;

  constructor(
    private readonly options: SoakOptions,
    private readonly stack: Stack,
    private readonly sender: Sender,
    private secret: string,
  ) {
    this.#chance = new Chance(options.seed);
    this.#apiKey = stack.apiKey;
  }

  async run(): Promise<SoakReport> {
    const { stack, options } = this;
    const indexes = options.only === undefined ? [...Array(options.events).keys()] : [options.only];
    await this.sender.warm(options.concurrency);
    const before = await webhookHeap(stack);
    stack.setFaults(planFaults(this.#chance, options.faults, bodyIn(stack)));
    await this.#send(indexes);
    await drain(stack);
    await elapsed(2 * LATE_MS); // what Momento and SQS apply late is applied by now
    await drain(stack);
    stack.setFaults(undefined);
    const after = await webhookHeap(stack);
    const verdict = await judge(stack, {
      chance: this.#chance,
      indexes,
      apiKey: this.#apiKey,
      wasAccepted: (index) => this.#accepted.has(index),
      publishedAt,
    });
    return {
      ...verdict,
      answers: this.#answers,
      forgedAccepted: this.#forgedAccepted + verdict.forgedAccepted,
      heap: { before, after },
    };
  }

  async #send(indexes: readonly number[]): Promise<void> {
    const left = indexes[Symbol.iterator]();
    const rotates = this.options.only === undefined;
    let sent = 0;
    const work = async () => {
      for (const index of left) {
        if (rotates && sent === Math.floor(indexes.length * ROTATE_SIGNING_SECRET_AT))
          this.#rotateSigningSecret();
        if (rotates && sent === Math.floor(indexes.length * ROTATE_API_KEY_AT)) this.#rotateApiKey();
        sent++;
        if (index % FORGED_ONE_IN === 0) await this.#forge(index);
        await this.#deliver(planEvent(this.#chance, index));
        this.options.onProgress?.(sent);
      }
    };
    // Two deliveries at the same moment need two instances, so half as many events are under way.
    await Promise.all(Array.from({ length: Math.ceil(this.options.concurrency / 2) }, work));
  }

  async #deliver(planned: PlannedEvent): Promise<void> {
    const event = this.#event(planned);
    const once = async () => {
      const { status } = await this.sender.event(event, this.secret);
      this.#answers[status] = (this.#answers[status] ?? 0) + 1;
      if (status >= 200 && status < 300) this.#accepted.add(planned.index);
    };
    await (planned.delivery === 'together' ? Promise.all([once(), once()]) : once());
    if (planned.delivery === 'again') await once();
  }

  #event({ index, userId, courseId, comment }: PlannedEvent): SentEvent {
    return {
      cache: this.stack.cacheName,
      topic: this.stack.topicName,
      event_timestamp: publishedAt(index),
      topic_sequence_number: index + 1,
      token_id: userId,
      text: JSON.stringify({ comment, courseId }),
    };
  }

  /** The next event as an attacker would like to have it stored: under another user, with a signature of its own. */
  async #forge(index: number): Promise<void> {
    const forged = { ...this.#event(planEvent(this.#chance, index)), token_id: 'forged' };
    const { status } = await this.sender.event(forged, 'a secret that never was');
    if (status !== 403) this.#forgedAccepted++;
  }

  /** The stack knows the new secret first; Momento goes on to sign with the old one for a while. */
  #rotateSigningSecret(): void {
    const { SIGNING_SECRET_ARN } = this.stack.functionNamed('webhookFunctionName').environment;
    const next = randomBytes(16).toString('hex');
    this.stack.secrets.putSecretValue(String(SIGNING_SECRET_ARN), next);
    // By then every instance has held its secrets for so long that it looks again.
    setTimeout(() => {
      this.secret = next;
    }, 31_000).unref();
  }

  /** The old key is refused from this moment on. */
  #rotateApiKey(): void {
    const { API_KEY_SECRET_ARN } = this.stack.functionNamed('webhookFunctionName').environment;
    this.#apiKey = makeLegacyKey();
    this.stack.secrets.putSecretValue(String(API_KEY_SECRET_ARN), this.#apiKey);
    this.stack.momento.setApiKeys([this.#apiKey]);
  }
}

/** Of each instance of the webhook, on average. */
export async function webhookHeap(stack: Stack): Promise<number> {
  const used = await stack.heapUsed('webhookFunctionName');
  return Math.round(used.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, used.length));
}

/** Waits for work that happens in real time. */
export function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
