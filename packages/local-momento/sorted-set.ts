// A sorted set: elements ordered by score, then by the bytes of their value. It is a sorted array with a map: finding
// takes log n, and moving 10,000 references on an insert takes microseconds.
import { byteKey } from './byte-key';
import { slice } from './slice';

export interface Element {
  value: Uint8Array;
  score: number;
}

interface Entry extends Element {
  id: string;
}

export interface Bound {
  score: number;
  exclusive: boolean;
}

export class SortedSet {
  readonly #byId = new Map<string, Entry>();
  readonly #ascending: Entry[] = [];

  get size(): number {
    return this.#ascending.length;
  }

  put(value: Uint8Array, score: number): void {
    const id = byteKey(value);
    const known = this.#byId.get(id);
    if (known?.score === score) return;
    if (known !== undefined) this.#ascending.splice(this.#indexOf(known.score, id), 1);
    const entry = { id, value, score };
    this.#byId.set(id, entry);
    this.#ascending.splice(this.#indexOf(score, id), 0, entry);
  }

  remove(value: Uint8Array): void {
    const id = byteKey(value);
    const known = this.#byId.get(id);
    if (known === undefined) return;
    this.#byId.delete(id);
    this.#ascending.splice(this.#indexOf(known.score, id), 1);
  }

  scoreOf(value: Uint8Array): number | undefined {
    return this.#byId.get(byteKey(value))?.score;
  }

  /** Zero-based, from the start of the order. */
  rankOf(value: Uint8Array, descending: boolean): number | undefined {
    const known = this.#byId.get(byteKey(value));
    if (known === undefined) return undefined;
    const index = this.#indexOf(known.score, known.id);
    return descending ? this.size - 1 - index : index;
  }

  /** From rank `start` up to, but not including, rank `end`; negative ranks count from the end. */
  byRank(start: number | undefined, end: number | undefined, descending: boolean): Element[] {
    const [from, to] = slice(this.size, start, end);
    return descending
      ? this.#ascending.slice(this.size - to, this.size - from).reverse()
      : this.#ascending.slice(from, to);
  }

  byScore(min: Bound | undefined, max: Bound | undefined, descending: boolean): Element[] {
    const found = this.#ascending.slice(...this.#between(min, max));
    return descending ? found.reverse() : found;
  }

  /** All elements in ascending order. */
  get elements(): readonly Element[] {
    return this.#ascending;
  }

  countByScore(min: Bound | undefined, max: Bound | undefined): number {
    const [from, to] = this.#between(min, max);
    return Math.max(0, to - from);
  }

  #between(min: Bound | undefined, max: Bound | undefined): [from: number, to: number] {
    const from = min === undefined ? 0 : this.#firstWhere(({ score }) => isAbove(score, min));
    const to =
      max === undefined
        ? this.size
        : this.#firstWhere(({ score }) => (max.exclusive ? score >= max.score : score > max.score));
    return [from, Math.max(from, to)];
  }

  #indexOf(score: number, id: string): number {
    return this.#firstWhere((entry) => entry.score > score || (entry.score === score && entry.id >= id));
  }

  /** The first index at which `holds` is true, by binary search: from there on it must stay true. */
  #firstWhere(holds: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#ascending.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#ascending[middle];
      if (entry !== undefined && holds(entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const isAbove = (score: number, min: Bound): boolean =>
  min.exclusive ? score > min.score : score >= min.score;
