// Work that is done in order within a lane, and concurrently across lanes.
import type { Clock } from '../clock';
import { Queue } from '../queue';

/**
 * Works on one item. Resolves with undefined if it is finished, else with the milliseconds to wait before the next try. Never
 * rejects.
 */
export type Attempt<T> = (item: T) => Promise<number | undefined>;

/**
 * A lane's next item starts when the previous one is finished. An item that waits for its next try holds up only its own
 * lane: only tries under way count towards the limit.
 */
export class Lanes<T> {
  readonly #lanes = new Map<string, Queue<T>>();
  /** Lanes whose first item may be tried now. */
  readonly #ready = new Queue<string>();
  readonly #postponed = new Set<() => void>();
  #underWay = 0;
  #stopped = false;

  /** @param limit how many tries may be under way at the same time */
  constructor(
    private readonly limit: number,
    private readonly attempt: Attempt<T>,
    private readonly clock: Pick<Clock, 'after'>,
  ) {}

  add(lane: string, item: T): void {
    const waiting = this.#lanes.get(lane);
    if (waiting) {
      waiting.push(item);
      return;
    }
    const items = new Queue<T>();
    items.push(item);
    this.#lanes.set(lane, items);
    this.#ready.push(lane);
    this.#next();
  }

  /** Starts no more tries; those under way run to their end. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#postponed) cancel();
    this.#postponed.clear();
  }

  #next(): void {
    while (!this.#stopped && this.#underWay < this.limit) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      void this.#try(lane);
    }
  }

  async #try(lane: string): Promise<void> {
    const items = this.#lanes.get(lane);
    const item = items?.peek();
    if (!items || item === undefined) return;
    this.#underWay += 1;
    const wait = await this.attempt(item);
    this.#underWay -= 1;
    if (wait === undefined) {
      items.shift();
      if (items.length > 0) this.#ready.push(lane);
      else this.#lanes.delete(lane);
    } else if (!this.#stopped) {
      this.#postpone(lane, wait);
    }
    this.#next();
  }

  #postpone(lane: string, wait: number): void {
    const cancel = this.clock.after(wait, () => {
      this.#postponed.delete(cancel);
      this.#ready.push(lane);
      this.#next();
    });
    this.#postponed.add(cancel);
  }
}
