// Sends the events of a soak, each signed as Momento would at that moment, and records the webhook's answers.
import { randomBytes } from 'node:crypto';
import { makeLegacyKey } from 'local-momento';
import type { Stack } from '../../local/stack';
import type { Sender, SentEvent } from '../sender';
import { type PlannedEvent, planEvent, publishedAt } from './plan';
import type { Chance } from './random';
import { type SigningKey, SigningKeys } from './signing-keys';

/** One forged event is sent per this many real ones. */
const FORGED_ONE_IN = 20;

export interface TrafficOptions {
  readonly chance: Chance;
  readonly stack: Stack;
  readonly sender: Sender;
  /** The number of concurrent requests. */
  readonly concurrency: number;
  readonly onProgress?: (sent: number) => void;
  /** What is published, if not comments: who writes it, the message's JSON, and when (milliseconds since the epoch). */
  readonly published?: (
    index: number,
    chance: Chance,
  ) => Pick<SentEvent, 'token_id' | 'text' | 'event_timestamp'>;
}

export class Traffic {
  readonly answers: Record<number, number> = {};
  /** Genuine events that were answered 4xx when the webhook could know their secret. */
  refused = 0;
  /** See `WebhookSoakReport.refusedWhileRotating`. */
  refusedWhileRotating = 0;
  forgedAccepted = 0;
  /** The currently valid API key. */
  apiKey: string;
  readonly #keys: SigningKeys;
  #apiKeys = 1;
  readonly #accepted = new Set<number>();
  readonly #stored = new Set<number>();
  /** By the secret of their first acceptance, and by the API key that was valid when they were stored. */
  readonly #groups = new Map<string, Set<number>>();
  #sent = 0;

  /** @param secret signs the first events */
  constructor(
    private readonly options: TrafficOptions,
    secret: string,
  ) {
    this.#keys = new SigningKeys(secret, options.stack.clock.now);
    this.apiKey = options.stack.apiKey;
    this.#group('signing secret', 1);
    this.#group('API key', 1);
  }

  get groups(): Record<string, ReadonlySet<number>> {
    return Object.fromEntries(this.#groups);
  }

  wasAccepted(index: number): boolean {
    return this.#accepted.has(index);
  }

  async send(indexes: readonly number[]): Promise<void> {
    const left = indexes[Symbol.iterator]();
    const work = async () => {
      for (const index of left) {
        if (index % FORGED_ONE_IN === 0) await this.#forge(index);
        await this.#deliver(planEvent(this.options.chance, index));
        this.options.onProgress?.(++this.#sent);
      }
    };
    // Two concurrent deliveries need two instances, so half as many events are under way.
    await Promise.all(Array.from({ length: Math.ceil(this.options.concurrency / 2) }, work));
  }

  /** Sends an event once, signed with the newest secret that can be known, and gives the status. A 4xx counts as refused. */
  async sendOnce(index: number): Promise<number> {
    const planned = planEvent(this.options.chance, index);
    const current = this.#keys.for({ outdated: false });
    const known = this.#keys.insteadOf(current, this.options.stack.clock.now()) ?? current;
    const status = await this.#post(planned, known);
    if (isRefusal(status)) this.refused++;
    return status;
  }

  /** The event in the form that Momento sends, and that waits in the redrive queue. */
  event(index: number): SentEvent {
    const { stack, chance, published = commentOf } = this.options;
    const source = { cache: stack.cacheName, topic: stack.topicName };
    return { ...source, topic_sequence_number: index + 1, ...published(index, chance) };
  }

  /** Notes an event that was accepted, but not by the webhook. */
  accept(index: number): void {
    this.#accepted.add(index);
  }

  /** The stack has the new secret from this moment on, and most events are signed with it. */
  rotateSigningSecret(): void {
    const next = randomBytes(16).toString('hex');
    this.#put('SIGNING_SECRET_ARN', next);
    this.#keys.swap(next);
    this.#group('signing secret', this.#keys.for({ outdated: false }).number);
  }

  /**
   * The old API key is refused from this moment on.
   * @param held the key that the stack has instead of the new one, until `putRight`
   */
  rotateApiKey(held?: string): void {
    this.apiKey = makeLegacyKey();
    this.#group('API key', ++this.#apiKeys);
    this.options.stack.momento.setApiKeys([this.apiKey]);
    this.#put('API_KEY_SECRET_ARN', held ?? this.apiKey);
  }

  /** From now on the stack has the valid API key. */
  putRight(): void {
    this.#put('API_KEY_SECRET_ARN', this.apiKey);
  }

  #put(variable: string, value: string): void {
    const { environment } = this.options.stack.functionNamed('webhookFunctionName');
    this.options.stack.secrets.putSecretValue(String(environment[variable]), value);
  }

  #group(name: string, number: number): Set<number> {
    const key = `${name} ${number}`;
    const group = this.#groups.get(key) ?? new Set();
    this.#groups.set(key, group);
    return group;
  }

  async #deliver(planned: PlannedEvent): Promise<void> {
    const once = () => this.#once(planned);
    await (planned.delivery === 'together' ? Promise.all([once(), once()]) : once());
    if (planned.delivery === 'again') await once();
  }

  /** Sends it once. If an instance that cannot know the new secret yet refuses it, again with the previous secret. */
  async #once(planned: PlannedEvent): Promise<void> {
    const key = this.#keys.for(planned);
    const other = this.#keys.insteadOf(key, this.options.stack.clock.now());
    const status = await this.#post(planned, key);
    if (!isRefusal(status)) return;
    if (status !== 403 || !other) {
      this.refused++;
      return;
    }
    this.refusedWhileRotating++;
    if (isRefusal(await this.#post(planned, other))) this.refused++;
  }

  async #post({ index }: PlannedEvent, { secret, number }: SigningKey): Promise<number> {
    const { apiKey } = this;
    const { status } = await this.options.sender.event(this.event(index), secret);
    this.answers[status] = (this.answers[status] ?? 0) + 1;
    if (status < 200 || status > 299) return status;
    if (!this.#accepted.has(index)) this.#group('signing secret', number).add(index);
    this.#accepted.add(index);
    if (status === 200 && apiKey === this.apiKey && !this.#stored.has(index)) {
      this.#stored.add(index);
      this.#group('API key', this.#apiKeys).add(index);
    }
    return status;
  }

  /** The next event as an attacker would forge it: under another user, with a false signature. */
  async #forge(index: number): Promise<void> {
    const forged = { ...this.event(index), token_id: 'forged' };
    const { status } = await this.options.sender.event(forged, 'a secret that never was');
    if (status !== 403 && status !== 503) this.forgedAccepted++; // 503: the secrets could not be had
  }
}

function commentOf(index: number, chance: Chance) {
  const { userId, courseId, comment } = planEvent(chance, index);
  return {
    event_timestamp: publishedAt(index),
    token_id: userId,
    text: JSON.stringify({ comment, courseId }),
  };
}

function isRefusal(status: number): boolean {
  return status >= 400 && status <= 499;
}
