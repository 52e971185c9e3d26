// A quiet spell: nobody calls, all functions are frozen, and all connections die. Then the first call to each
// function is made, without a planned fault; and the API key is wrong for a while, and put right.
import {
  NoopMomentoLoggerFactory,
  TopicClient,
  TopicConfigurations,
  TopicPublishResponse,
} from '@gomomento/sdk';
import { tokenCredentials } from '../../handlers/adapters/momento-credentials';
import type { Stack } from '../../local/stack';
import { drain } from '../drain';
import { planDrop, planEvent } from './plan';
import type { Chance } from './random';
import type { Spell } from './spells';
import type { Traffic } from './traffic';

/** "Within five minutes at the latest": in two halves, because calls continue meanwhile. A second is for the check itself. */
const TAKEN_UP_WITHIN_MS = [150_000, 151_000] as const;
/** Concurrent events for the webhook, which call as many of its instances. */
const WEBHOOK_AT_ONCE = 6;

export interface QuietReport {
  readonly spells: number;
  /** The number of first calls after a spell. */
  readonly firstCalls: number;
  /** The first calls that failed without a cause: how, and how often. */
  readonly firstRefused: Readonly<Record<string, number>>;
  /** Calls that still failed five minutes after the API key was corrected: how, and how often. */
  readonly notTakenUp: Readonly<Record<string, number>>;
}

export class Quiet {
  #spells = 0;
  #firstCalls = 0;
  readonly #firstRefused: Record<string, number> = {};
  readonly #notTakenUp: Record<string, number> = {};
  /** The events that were sent here. */
  readonly indexes: number[] = [];

  /** @param next the number of the first event that is sent here */
  constructor(
    private readonly chance: Chance,
    private readonly stack: Stack,
    private readonly traffic: Traffic,
    private next: number,
  ) {}

  get report(): QuietReport {
    return {
      spells: this.#spells,
      firstCalls: this.#firstCalls,
      firstRefused: this.#firstRefused,
      notTakenUp: this.#notTakenUp,
    };
  }

  /** Starts an instance of every function, so that each has connections that can die. Throws if one fails. */
  async warm(): Promise<void> {
    const failed = (await this.#callEach()).filter((outcome) => outcome !== '');
    if (failed.length > 0) throw new Error(`before the soak: ${failed.join(', ')}`);
  }

  /** Meanwhile nothing else may be sent, and no faults planned. */
  async pass(spell: Spell): Promise<void> {
    const { stack, traffic } = this;
    this.#spells++;
    await this.#callEach(); // else there may be no connection that is trusted, and none to die
    await drain(stack); // else the queue makes the first call
    await stack.freeze();
    if (spell.rotates) traffic.rotateSigningSecret();
    stack.killConnections(spell.death, ['momento', 'aws']);
    stack.clock.advance(spell.quietMs);
    const first = await this.#callEach();
    this.#firstCalls += first.length;
    tally(this.#firstRefused, first, spell.death);

    traffic.rotateApiKey(stack.momento.makeWrongKey(spell.trouble));
    await this.#callEach();
    stack.clock.advance(spell.wrongMs);
    await this.#callEach();
    traffic.putRight();
    let last: string[] = [];
    for (const ms of TAKEN_UP_WITHIN_MS) {
      stack.clock.advance(ms);
      last = await this.#callEach();
    }
    tally(this.#notTakenUp, last, spell.trouble);
    await drain(stack);
  }

  /**
   * The redrive drops a client while another event of the batch waits for an answer over it. Sets the faults for that; what
   * has not come to its end by then stays in the queue.
   */
  async dropClient(): Promise<void> {
    const [refused, waiting] = [this.#nextIndex(), this.#nextIndex()];
    this.stack.setFaults(planDrop(refused, waiting));
    for (const index of [refused, waiting]) this.#queue(index);
    this.stack.sqs.hurry(0);
    await this.stack.queuesIdle();
  }

  /** Calls every function, all at the same time. Gives for each call what came of it, empty where it succeeded. */
  #callEach(): Promise<string[]> {
    return Promise.all([
      ...Array.from({ length: WEBHOOK_AT_ONCE }, () => this.#webhook()),
      this.#publisher(),
      this.#tokens(),
      this.#redrive(),
    ]);
  }

  async #webhook(): Promise<string> {
    const status = await this.traffic.sendOnce(this.#nextIndex());
    return status === 200 ? '' : `webhook ${status}`;
  }

  async #publisher(): Promise<string> {
    const publication = { userId: 'taylor', courseId: 'quiet', comment: 'Anybody there?' };
    const { statusCode } = await this.#invoke('publisherFunctionName', publication);
    return statusCode === 200 ? '' : `publisher ${statusCode}`;
  }

  /** The token must work too: another account's does not. */
  async #tokens(): Promise<string> {
    const { statusCode, body } = await this.#invoke('tokensFunctionName', { userId: 'taylor' });
    if (statusCode !== 200) return `tokens ${statusCode}`;
    const topics = new TopicClient({
      credentialProvider: tokenCredentials(JSON.parse(body).authToken, {
        local: `127.0.0.1:${this.stack.momento.port}`,
      }),
      configuration: TopicConfigurations.Default.latest(new NoopMomentoLoggerFactory()),
    });
    const published = await topics.publish(this.stack.cacheName, this.stack.topicName, 'by a token');
    return published.type === TopicPublishResponse.Success
      ? ''
      : 'tokens 200 with a token that does not work';
  }

  /** Calls the redrive through the queue with one message, which is deleted if the event is stored. */
  async #redrive(): Promise<string> {
    const { queue, message } = this.#queue(this.#nextIndex());
    this.stack.sqs.hurry(0);
    await this.stack.queuesIdle();
    return queue.messages.includes(message) ? 'redrive postponed' : '';
  }

  /** Puts an event into the redrive queue, which is told of it by `hurry`. */
  #queue(index: number) {
    const { sqs, outputs, clock } = this.stack;
    const queue = sqs.find(String(outputs.redriveQueueUrl));
    const body = JSON.stringify({ ...this.traffic.event(index), publish_timestamp: clock.now() });
    const message = queue.send(body);
    this.traffic.accept(index);
    return { queue, message };
  }

  async #invoke(output: string, payload: unknown): Promise<{ statusCode: unknown; body: string }> {
    try {
      const { statusCode, body } = Object(
        await this.stack.invoke(String(this.stack.outputs[output]), payload),
      );
      return { statusCode, body: String(body) };
    } catch {
      return { statusCode: 'ended', body: '' };
    }
  }

  /** The comment of an event that Momento stores. */
  #nextIndex(): number {
    while (planEvent(this.chance, this.next).poison) this.next++;
    this.indexes.push(this.next);
    return this.next++;
  }
}

function tally(counts: Record<string, number>, outcomes: readonly string[], after: string): void {
  for (const outcome of outcomes) {
    if (outcome === '') continue;
    const how = `${outcome} (${after})`;
    counts[how] = (counts[how] ?? 0) + 1;
  }
}
