// The soak: many events through the real handlers while calls fail, keys rotate and deliveries repeat. What was answered
// 2xx must then be stored exactly once, or stand in the dead-letter queue.
import { randomBytes } from 'node:crypto';
import { makeLegacyKey } from '../../local/momento';
import { type Stack, startStack } from '../../local/stack';
import { drain } from '../drain';
import { Sender, type SentEvent } from '../sender';
import { LATE_MS, type PlannedEvent, planEvent, planFaults, publishedAt } from './plan';
import { Chance } from './random';
import { type SigningKey, SigningKeys } from './signing-keys';
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
  /** How often the functions failed, by the error: each is answered 502, or comes again from the queue. */
  readonly failures: Record<string, number>;
  /** How many genuine events were answered 4xx when the webhook could know what they were signed with. */
  readonly refused: number;
  /** Bytes of heap in use in one instance of the webhook, on average. */
  readonly heap: { readonly before: number; readonly after: number };
}

export interface WebhookSoakReport extends SoakReport {
  /**
   * How many were refused while instances could not know yet what they were signed with. Momento's own would be lost; here
   * each is then signed with the secret before it, which must hold.
   */
  readonly refusedWhileRotating: number;
}

/** One forged event is sent for so many real ones. */
const FORGED_ONE_IN = 20;
/** Once that part of the events is sent. */
const ROTATE_SIGNING_SECRET_AT = 0.1;
const ROTATE_API_KEY_AT = 0.7;
/** The rest is sent when every instance can know the new signing secret. */
const KNOWN_AT = 0.9;
const REPEAT_EVERY_MS = 100;

export async function soak(options: SoakOptions): Promise<WebhookSoakReport> {
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
  readonly #failures: Record<string, number>;
  readonly #accepted = new Set<number>();
  /** By the key that they were signed with when they were first accepted, and by the one that was good when they were stored. */
  readonly #groups = {
    'first signing secret': new Set<number>(),
    'second signing secret': new Set<number>(),
    'first API key': new Set<number>(),
    'second API key': new Set<number>(),
  };
  readonly #keys: SigningKeys;
  #refused = 0;
  #refusedWhileRotating = 0;
  #forgedAccepted = 0;
  #sent = 0;
  #apiKey: string;

  constructor(
    private readonly options: SoakOptions,
    private readonly stack: Stack,
    private readonly sender: Sender,
    secret: string,
  ) {
    this.#chance = new Chance(options.seed);
    this.#keys = new SigningKeys(secret);
    this.#apiKey = stack.apiKey;
    this.#failures = failuresOf(stack);
  }

  async run(): Promise<WebhookSoakReport> {
    const { stack, options } = this;
    const indexes = options.only === undefined ? [...Array(options.events).keys()] : [options.only];
    const rotates = options.only === undefined;
    await this.sender.warm(options.concurrency);
    const before = await webhookHeap(stack);
    stack.setFaults(planFaults(this.#chance, options.faults, bodyIn(stack)));
    await (rotates ? this.#sendAndRotate(indexes) : this.#send(indexes));
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
      groups: rotates ? this.#groups : {},
    });
    return {
      ...verdict,
      answers: this.#answers,
      failures: this.#failures,
      forgedAccepted: this.#forgedAccepted + verdict.forgedAccepted,
      refused: this.#refused,
      refusedWhileRotating: this.#refusedWhileRotating,
      heap: { before, after },
    };
  }

  async #sendAndRotate(indexes: readonly number[]): Promise<void> {
    const [secret, apiKey, known] = [ROTATE_SIGNING_SECRET_AT, ROTATE_API_KEY_AT, KNOWN_AT].map((part) =>
      Math.floor(indexes.length * part),
    );
    await this.#send(indexes.slice(0, secret));
    this.#rotateSigningSecret();
    await this.#send(indexes.slice(secret, apiKey));
    this.#rotateApiKey();
    await this.#send(indexes.slice(apiKey, known));
    await this.#repeatUntilKnown(indexes.slice(0, known));
    await this.#send(indexes.slice(known));
  }

  async #send(indexes: readonly number[]): Promise<void> {
    const left = indexes[Symbol.iterator]();
    const work = async () => {
      for (const index of left) {
        if (index % FORGED_ONE_IN === 0) await this.#forge(index);
        await this.#deliver(planEvent(this.#chance, index));
        this.options.onProgress?.(++this.#sent);
      }
    };
    // Two deliveries at the same moment need two instances, so half as many events are under way.
    await Promise.all(Array.from({ length: Math.ceil(this.options.concurrency / 2) }, work));
  }

  /** A short run is over before an instance looks for another secret, so events come again, at leisure, until it may. */
  async #repeatUntilKnown(indexes: readonly number[]): Promise<void> {
    for (let at = 0; Date.now() < this.#keys.knownAt; at = (at + 1) % indexes.length) {
      await this.#once(planEvent(this.#chance, indexes[at] ?? 0));
      await elapsed(REPEAT_EVERY_MS);
    }
  }

  async #deliver(planned: PlannedEvent): Promise<void> {
    const once = () => this.#once(planned);
    await (planned.delivery === 'together' ? Promise.all([once(), once()]) : once());
    if (planned.delivery === 'again') await once();
  }

  /** Once; and where an instance refused it that cannot know the new secret yet, signed with the one before it. */
  async #once(planned: PlannedEvent): Promise<void> {
    const sentAt = Date.now();
    const key = this.#keys.for(planned);
    const other = this.#keys.insteadOf(key, sentAt);
    const status = await this.#post(planned, key);
    if (status < 400 || status > 499) return;
    if (status !== 403 || !other) {
      this.#refused++;
      return;
    }
    this.#refusedWhileRotating++;
    const again = await this.#post(planned, other);
    if (again >= 400 && again <= 499) this.#refused++;
  }

  async #post(planned: PlannedEvent, { secret, generation }: SigningKey): Promise<number> {
    const { index } = planned;
    const apiKey = this.#apiKey;
    const { status } = await this.sender.event(this.#event(planned), secret);
    this.#answers[status] = (this.#answers[status] ?? 0) + 1;
    if (status < 200 || status > 299) return status;
    if (!this.#accepted.has(index)) this.#groups[`${generation} signing secret`].add(index);
    this.#accepted.add(index);
    if (status === 200 && apiKey === this.#apiKey) this.#stored(index);
    return status;
  }

  /** By the key that is good now, unless it was stored before by the other. */
  #stored(index: number): void {
    const first = this.#groups['first API key'];
    if (this.#apiKey === this.stack.apiKey) first.add(index);
    else if (!first.has(index)) this.#groups['second API key'].add(index);
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

  /** The stack has the new secret from this moment on, and most events are signed with it. */
  #rotateSigningSecret(): void {
    const { SIGNING_SECRET_ARN } = this.stack.functionNamed('webhookFunctionName').environment;
    const next = randomBytes(16).toString('hex');
    this.stack.secrets.putSecretValue(String(SIGNING_SECRET_ARN), next);
    this.#keys.swap(next);
  }

  /** The old key is refused from this moment on. */
  #rotateApiKey(): void {
    const { API_KEY_SECRET_ARN } = this.stack.functionNamed('webhookFunctionName').environment;
    this.#apiKey = makeLegacyKey();
    this.stack.secrets.putSecretValue(String(API_KEY_SECRET_ARN), this.#apiKey);
    this.stack.momento.setApiKeys([this.#apiKey]);
  }
}

/** How often functions have failed from now on, by Lambda's own words for it. */
export function failuresOf(stack: Stack): Record<string, number> {
  const failures: Record<string, number> = {};
  stack.events.on('log', ({ function: name, line }) => {
    if (!line.includes('"errorType":')) return;
    const { message, ...outer } = JSON.parse(line);
    const { errorType, errorMessage } = { ...outer, ...Object(message) };
    const failure = `${name}: ${errorType}: ${String(errorMessage).replace(/^RequestId: \S+ /, '')}`;
    failures[failure] = (failures[failure] ?? 0) + 1;
  });
  return failures;
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
