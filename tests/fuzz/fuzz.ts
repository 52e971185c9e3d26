// The fuzz: sends requests that no handler may accept to the webhook and the publisher. None may be stored, published,
// answered 5xx or echoed in an answer, and the handlers' memory must not grow.

import { makeLegacyKey } from 'local-momento';
import * as v from 'valibot';
import { type Stack, startStack } from '../../local/stack';
import { type Answer, Sender } from '../sender';
import { Chance } from '../soak/random';
import { hostileEvent, hostileInvocation, hostilePublication, type Target, validEvent } from './grammar';
import { signedHeaders } from './signed-headers';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** Only this request, to look at one that failed. */
  readonly only?: number;
  readonly onProgress?: (sent: number) => void;
}

export interface FuzzReport {
  readonly requests: number;
  /** The number of requests per status. */
  readonly answers: Record<number, number>;
  /** The number of requests that ended before their body did; the receiver may close the connection without an answer. */
  readonly cutShort: number;
  /** The requests that were answered below 400 or above 499, by number. */
  readonly wronglyAnswered: number[];
  /** The requests that were echoed in their answers, by number. */
  readonly echoed: number[];
  /** Calls that only an accepted request may cause: store, queue, publish, vend a token. */
  readonly effects: number;
  /** Whether a valid event is accepted afterwards. */
  readonly stillServes: boolean;
  /** Bytes of heap in use per instance, on average: after a tenth of the requests, and at the end. */
  readonly heap: { readonly before: number; readonly after: number };
}

/** A handler's result. */
const result = v.object({
  statusCode: v.number(),
  headers: v.record(v.string(), v.string()),
  body: v.string(),
});

const CONCURRENCY = 8;
const EFFECTS = new Set(['SortedSetPut', 'SendMessage', 'Publish', 'GenerateDisposableToken']);

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const target: Target = {
    secret: 'the-signing-secret',
    cache: 'course-comments-dev',
    topic: 'comment',
    canary: 'CANARY-5c1d90',
  };
  const stack = await startStack({
    secrets: { momentoApiKey: makeLegacyKey(), signingSecret: target.secret },
    momento: { caches: [target.cache] },
  });
  const sender = new Sender(String(stack.outputs.webhookUrl), CONCURRENCY);
  const backend = new Sender(String(stack.outputs.publisherUrl), CONCURRENCY);
  try {
    return await new Fuzz(options, stack, { sender, backend }, target).run();
  } finally {
    sender.close();
    backend.close();
    await stack.close();
  }
}

class Fuzz {
  readonly #chance: Chance;
  readonly #answers: Record<number, number> = {};
  readonly #wronglyAnswered: number[] = [];
  readonly #echoed: number[] = [];
  readonly #sender: Sender;
  readonly #backend: Sender;
  #cutShort = 0;
  #effects = 0;

  constructor(
    private readonly options: FuzzOptions,
    private readonly stack: Stack,
    to: { readonly sender: Sender; readonly backend: Sender },
    private readonly target: Target,
  ) {
    this.#sender = to.sender;
    this.#backend = to.backend;
    this.#chance = new Chance(options.seed);
    stack.setFaults((operation) => {
      if (EFFECTS.has(operation)) this.#effects++;
      return undefined;
    });
  }

  async run(): Promise<FuzzReport> {
    const { requests, only } = this.options;
    const numbers = only === undefined ? [...Array(requests).keys()] : [only];
    await this.#sender.warm(CONCURRENCY);
    const tenth = Math.ceil(numbers.length / 10);
    await this.#send(numbers.slice(0, tenth), 0);
    const before = await this.#heap();
    await this.#send(numbers.slice(tenth), tenth);
    const heap = { before, after: await this.#heap() };
    const effects = this.#effects;
    return {
      requests: numbers.length,
      answers: this.#answers,
      cutShort: this.#cutShort,
      wronglyAnswered: this.#wronglyAnswered,
      echoed: this.#echoed,
      effects,
      stillServes: await this.#stillServes(effects),
      heap,
    };
  }

  /** Checks that a valid event's effect is seen: otherwise an invalid one's would not be seen either. */
  async #stillServes(effectsBefore: number): Promise<boolean> {
    const { status } = await this.#sender.signed(JSON.stringify(validEvent(this.target)), this.target.secret);
    return [200, 202].includes(status) && this.#effects > effectsBefore;
  }

  async #send(numbers: readonly number[], sentBefore: number): Promise<void> {
    const left = numbers[Symbol.iterator]();
    let sent = sentBefore;
    const work = async () => {
      for (const n of left) {
        this.#judge(n, await this.#attack(n));
        this.options.onProgress?.(++sent);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  /**
   * Three of four go to the webhook's URL, except for a few direct invocations. Of the rest, half go to the publisher's URL,
   * half are direct invocations. Undefined if there was no answer.
   */
  async #attack(n: number): Promise<Answer | undefined> {
    const { outputs } = this.stack;
    if (n % 16 === 1)
      return this.#invoke(outputs.webhookFunctionName, hostileInvocation(this.#chance, n, this.target));
    if (n % 4 !== 0) {
      const { method, headers, body, missing } = hostileEvent(this.#chance, n, this.target);
      if (missing === undefined) return this.#sender.post(body, headers, method);
      this.#cutShort++;
      return this.#sender.cutShort(body, headers, missing);
    }
    const body = hostilePublication(this.#chance, n, this.target);
    if (n % 8 === 0) return this.#invoke(outputs.publisherFunctionName, fromJson(body.toString('utf8')));
    const headers = await signedHeaders(this.stack, String(outputs.publisherUrl), body);
    return this.#backend.post(body, headers);
  }

  async #invoke(functionName: unknown, payload: unknown): Promise<Answer> {
    const {
      statusCode: status,
      headers,
      body,
    } = v.parse(result, await this.stack.invoke(String(functionName), payload));
    return { status, headers, body };
  }

  #judge(n: number, answer: Answer | undefined): void {
    if (!answer) return;
    const { status, headers, body } = answer;
    this.#answers[status] = (this.#answers[status] ?? 0) + 1;
    if (status < 400 || status > 499) this.#wronglyAnswered.push(n);
    if (`${JSON.stringify(headers)} ${body}`.includes(this.target.canary)) this.#echoed.push(n);
  }

  async #heap(): Promise<number> {
    const used = await Promise.all(
      ['webhookFunctionName', 'publisherFunctionName'].map((output) => this.stack.heapUsed(output)),
    );
    const instances = used.flat();
    return Math.round(instances.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, instances.length));
  }
}

/** A direct invocation carries JSON; anything else is sent as a JSON string. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether the handlers' memory has grown by a tenth, and by more than V8's own variation. */
export function grew({ heap: { before, after } }: FuzzReport): boolean {
  return after > before * 1.1 && after - before > 1024 * 1024;
}
