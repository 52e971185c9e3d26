// What a full relay puts into the dead-letter queue untried.
import { Queue } from '../queue';
import type { Held } from './held';

export class SetAside {
  #waiting = new Queue<Held>();
  #underWay = 0;

  /**
   * @param limit how many may be under way to the queue at the same time
   * @param send resolves with whether the message is safe in the queue; never rejects
   * @param settle is told once of each message, whether it is safe
   */
  constructor(
    private readonly limit: number,
    private readonly send: (held: Held) => Promise<boolean>,
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
    while (this.#underWay < this.limit) {
      const held = this.#waiting.shift();
      if (!held) return;
      void this.#sendOne(held);
    }
  }

  async #sendOne(held: Held): Promise<void> {
    this.#underWay += 1;
    const isSafe = await this.send(held);
    this.#underWay -= 1;
    this.settle(held, isSafe);
    if (!isSafe) this.#giveUp();
    this.#next();
  }

  /** A queue that refuses one would refuse the others. */
  #giveUp(): void {
    for (let held = this.#waiting.shift(); held; held = this.#waiting.shift()) this.settle(held, false);
  }
}
