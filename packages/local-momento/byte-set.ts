// A set of byte strings.
import { byteKey } from './byte-key';

export class ByteSet {
  readonly #byKey = new Map<string, Uint8Array>();

  get size(): number {
    return this.#byKey.size;
  }

  get elements(): Uint8Array[] {
    return [...this.#byKey.values()];
  }

  has(element: Uint8Array): boolean {
    return this.#byKey.has(byteKey(element));
  }

  add(element: Uint8Array): void {
    this.#byKey.set(byteKey(element), element);
  }

  delete(element: Uint8Array): void {
    this.#byKey.delete(byteKey(element));
  }

  /** At most `limit` different elements, by chance. */
  sample(limit: number): Uint8Array[] {
    const left = this.elements;
    const drawn: Uint8Array[] = [];
    while (drawn.length < limit && left.length > 0) {
      drawn.push(...left.splice(Math.floor(Math.random() * left.length), 1));
    }
    return drawn;
  }
}
