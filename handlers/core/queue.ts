// First in, first out: `Array.shift` moves all that is behind it, which a hundred thousand waiting messages would feel.

/** Removed items are let go of once there are this many of them, and at least as many as are left. */
const COMPACT_AT = 64;

export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The first item; undefined where there is none. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Removes the first item and gives it; undefined where there is none. */
  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
