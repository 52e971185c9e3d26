// An event source mapping: takes messages from a queue, hands them to a function in batches, and deletes those that did
// not fail. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
import * as v from 'valibot';
import { REGION } from '../account';
import { decide, type Statement } from '../iam';
import { attributesOf, md5, type Sqs } from '.';
import type { DeclaredMapping } from './declared-queues';
import type { Message, MessageQueue } from './message-queue';

type Outcome = { ok: true; payload: string } | { ok: false };

export interface FedFunction {
  invoke(event: unknown): Promise<Outcome>;
  /** What the function's role may do. */
  readonly statements: readonly Statement[];
}

const partialAnswer = v.object({
  batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })),
});

/** All the mappings that the program declares. */
export class EventSources {
  #sources: EventSource[] = [];

  constructor(
    private readonly sqs: Sqs,
    private readonly find: (functionName: string) => FedFunction | undefined,
  ) {}

  /**
   * Applies what the program declares. Running batches finish with the old settings.
   * Throws, and changes nothing, if AWS would refuse a mapping.
   */
  apply(mappings: readonly DeclaredMapping[]): void {
    const checked = mappings.map((mapping): [DeclaredMapping, FedFunction] => {
      const fed = this.find(mapping.functionName);
      this.sqs.find(mapping.queueArn);
      checkMapping(mapping, fed);
      return [mapping, fed];
    });
    for (const source of this.#sources.splice(0)) source.close();
    this.#sources = checked.map(([mapping, fed]) => new EventSource(mapping, this.sqs, fed));
  }

  /** Resolves when no batch is being handed out. */
  async idle(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.idle()));
  }

  async close(): Promise<void> {
    for (const source of this.#sources.splice(0)) source.close();
  }
}

export class EventSource {
  readonly #running = new Set<Promise<void>>();
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #stop: () => void;

  /** Throws if the function's role may not take from the queue: AWS refuses such a mapping. */
  constructor(
    private readonly mapping: DeclaredMapping,
    private readonly sqs: Sqs,
    private readonly fed: FedFunction,
  ) {
    checkMapping(mapping, fed);
    this.#stop = sqs.onChange(() => this.#poll());
    this.#poll();
  }

  /** Resolves when no batch is being handed out. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    clearTimeout(this.#timer);
  }

  #poll(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const queue = this.sqs.find(this.mapping.queueArn);
    while (this.#running.size < this.mapping.maxConcurrency) {
      const batch = queue.receive(this.mapping.batchSize);
      if (batch.length === 0) break;
      const handed = this.#hand(queue, batch).finally(() => {
        this.#running.delete(handed);
        this.#poll();
      });
      this.#running.add(handed);
    }
    const next = queue.nextVisibleAt;
    if (next === undefined) return;
    const wait = Math.max(1, next - this.sqs.now());
    this.#timer = setTimeout(() => this.#poll(), Math.min(wait, 2 ** 31 - 1)).unref();
  }

  async #hand(queue: MessageQueue, batch: readonly Message[]): Promise<void> {
    const outcome = await this.fed.invoke({ Records: batch.map((message) => this.#record(message)) }).catch(
      (): Outcome => ({ ok: false }), // throttled: the batch becomes visible again
    );
    const failed = outcome.ok ? this.#failed(outcome.payload, batch) : batch;
    for (const message of batch) {
      if (!failed.includes(message) && message.receiptHandle) queue.delete(message.receiptHandle);
    }
  }

  /** An answer of another form, or one that names a message outside the batch, fails the whole batch. */
  #failed(payload: string, batch: readonly Message[]): readonly Message[] {
    if (!this.mapping.partial) return [];
    const answer = v.safeParse(v.nullable(v.partial(partialAnswer)), JSON.parse(payload));
    if (!answer.success) return batch;
    const ids = (answer.output?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
    const failed = batch.filter(({ id }) => ids.includes(id));
    return failed.length === ids.length ? failed : batch;
  }

  #record(message: Message): object {
    return {
      messageId: message.id,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: attributesOf(message),
      messageAttributes: {},
      md5OfBody: md5(message.body),
      eventSource: 'aws:sqs',
      eventSourceARN: this.mapping.queueArn,
      awsRegion: REGION,
    };
  }
}

/** Throws if the function is not declared, or if its role may not take from the queue: AWS refuses such a mapping. */
export function checkMapping<T extends Pick<FedFunction, 'statements'>>(
  { name, functionName, queueArn }: DeclaredMapping,
  fed: T | undefined,
): asserts fed is T {
  if (!fed) throw new Error(`event source mapping ${name}: the program declares no function ${functionName}`);
  for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']) {
    if (decide(fed.statements, { action, resource: queueArn }) === 'allowed') continue;
    const call = action.slice('sqs:'.length);
    throw new Error(
      `event source mapping ${name}: the function execution role does not have permissions to call ${call} on SQS`,
    );
  }
}
