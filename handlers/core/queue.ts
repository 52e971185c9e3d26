// First in, first out. `Array.shift` moves all remaining items, which is slow with a hundred thousand of them.

interface Link<T> {
  readonly item: T;
  next?: Link<T>;
}

export class Queue<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    const link: Link<T> = { item };
    if (this.#last) this.#last.next = link;
    else this.#first = link;
    this.#last = link;
    this.#length += 1;
  }

  /** The first item; undefined if there is none. */
  peek(): T | undefined {
    return this.#first?.item;
  }

  /** Removes and returns the first item; undefined if there is none. */
  shift(): T | undefined {
    const first = this.#first;
    if (!first) return undefined;
    this.#first = first.next;
    if (!this.#first) this.#last = undefined;
    this.#length -= 1;
    return first.item;
  }
}
