// What a full relay puts into the dead-letter queue untried.
import { Queue } from '../queue';
import type { Held } from './held';

/** What SQS takes in one call. */
const BATCH = 10;

export class SetAside {
  #waiting = new Queue<Held>();
  #underWay = 0;

  /**
   * @param limit how many batches may be under way to the queue at the same time
   * @param send resolves with whether each message is safe in the queue, in the same order; never rejects
   * @param settle is told once of each message, whether it is safe
   */
  constructor(
    private readonly limit: number,
    private readonly send: (batch: readonly Held[]) => Promise<readonly boolean[]>,
    private readonly settle: (held: Held, isSafe: boolean) => void,
  ) {}

  add(messages: readonly Held[]): void {
    for (const held of messages) this.#waiting.push(held);
    this.#next();
  }

  /** Sends no more; what is under way goes on. */
  stop(): void {
    this.#waiting = new Queue();
  }

  #next(): void {
    while (this.#underWay < this.limit && this.#waiting.length > 0) {
      void this.#send([...this.#taken(BATCH)]);
    }
  }

  async #send(batch: readonly Held[]): Promise<void> {
    this.#underWay += 1;
    const areSafe = await this.send(batch);
    this.#underWay -= 1;
    for (const [at, held] of batch.entries()) this.settle(held, areSafe[at] === true);
    if (!areSafe.every(Boolean)) this.#giveUp();
    this.#next();
  }

  /** A queue that refuses one would refuse the others. */
  #giveUp(): void {
    for (const held of this.#taken(this.#waiting.length)) this.settle(held, false);
  }

  *#taken(count: number): Iterable<Held> {
    for (let taken = 0; taken < count; taken++) {
      const held = this.#waiting.shift();
      if (!held) return;
      yield held;
    }
  }
}
