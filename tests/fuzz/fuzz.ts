// The fuzz: requests that no handler may accept, at the webhook's and the publisher's URL. None may be stored, published
// or answered 5xx, none may find its input in an answer, and the handlers' memory must not grow.
import { makeLegacyKey } from '../../local/momento';
import { signedPost } from '../../local/signed-fetch';
import { type Stack, startStack } from '../../local/stack';
import { type Answer, Sender } from '../sender';
import { Chance } from '../soak/random';
import { hostileEvent, hostilePublication, type Target } from './grammar';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** Only this request, for a look at one that failed. */
  readonly only?: number;
  readonly onProgress?: (sent: number) => void;
}

export interface FuzzReport {
  readonly requests: number;
  /** How many requests were answered with each status. */
  readonly answers: Record<number, number>;
  /** The numbers of the requests that were answered below 400 or above 499. */
  readonly wronglyAnswered: number[];
  /** The numbers of the requests whose input stood in the answer. */
  readonly echoed: number[];
  /** Calls that only an accepted request may cause: to store, to queue, to publish, to vend a token. */
  readonly effects: number;
  /** Bytes of heap in use in one instance, on average: once a tenth was sent, and at the end. */
  readonly heap: { readonly before: number; readonly after: number };
}

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
  try {
    return await new Fuzz(options, stack, sender, target).run();
  } finally {
    sender.close();
    await stack.close();
  }
}

class Fuzz {
  readonly #chance: Chance;
  readonly #answers: Record<number, number> = {};
  readonly #wronglyAnswered: number[] = [];
  readonly #echoed: number[] = [];
  #effects = 0;

  constructor(
    private readonly options: FuzzOptions,
    private readonly stack: Stack,
    private readonly sender: Sender,
    private readonly target: Target,
  ) {
    this.#chance = new Chance(options.seed);
    stack.setFaults((operation) => {
      if (EFFECTS.has(operation)) this.#effects++;
      return undefined;
    });
  }

  async run(): Promise<FuzzReport> {
    const { requests, only } = this.options;
    const numbers = only === undefined ? [...Array(requests).keys()] : [only];
    await this.sender.warm(CONCURRENCY);
    const tenth = Math.ceil(numbers.length / 10);
    await this.#send(numbers.slice(0, tenth), 0);
    const before = await this.#heap();
    await this.#send(numbers.slice(tenth), tenth);
    return {
      requests: numbers.length,
      answers: this.#answers,
      wronglyAnswered: this.#wronglyAnswered,
      echoed: this.#echoed,
      effects: this.#effects,
      heap: { before, after: await this.#heap() },
    };
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

  /** Three of four at the webhook; of the rest half through the publisher's URL, half as direct invocations. */
  async #attack(n: number): Promise<Pick<Answer, 'status' | 'body'>> {
    if (n % 4 !== 0) {
      const { method, headers, body } = hostileEvent(this.#chance, n, this.target);
      return this.sender.post(body, headers, method);
    }
    const body = hostilePublication(this.#chance, n, this.target).toString('utf8');
    if (n % 8 !== 0) {
      const { credentials, region, outputs } = this.stack;
      const response = await signedPost(String(outputs.publisherUrl), { credentials, region, body });
      return { status: response.status, body: await response.text() };
    }
    const answer = await this.stack.invoke(String(this.stack.outputs.publisherFunctionName), fromJson(body));
    if (answer === null || typeof answer !== 'object' || !('statusCode' in answer))
      return { status: 0, body: '' };
    return { status: Number(answer.statusCode), body: JSON.stringify(answer) };
  }

  #judge(n: number, { status, body }: Pick<Answer, 'status' | 'body'>): void {
    this.#answers[status] = (this.#answers[status] ?? 0) + 1;
    if (status < 400 || status > 499) this.#wronglyAnswered.push(n);
    if (body.includes(this.target.canary)) this.#echoed.push(n);
  }

  async #heap(): Promise<number> {
    const used = await Promise.all(
      ['webhookFunctionName', 'publisherFunctionName'].map((output) => this.stack.heapUsed(output)),
    );
    const instances = used.flat();
    return Math.round(instances.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, instances.length));
  }
}

/** A direct invocation carries JSON; what is not JSON is sent as the text that it is. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether the handlers hold more at the end than at the beginning: by a tenth, and by more than what V8 itself varies. */
export function grew({ heap: { before, after } }: FuzzReport): boolean {
  return after > before * 1.1 && after - before > 1024 * 1024;
}
