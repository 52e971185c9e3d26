// A dictionary: values by the bytes of their fields.
import { byteKey } from './byte-key';

export interface Pair {
  field: Uint8Array;
  value: Uint8Array;
}

export class Dictionary {
  readonly #byField = new Map<string, Pair>();

  get size(): number {
    return this.#byField.size;
  }

  /** In the order in which the fields were first set. */
  get pairs(): Pair[] {
    return [...this.#byField.values()];
  }

  get(field: Uint8Array): Uint8Array | undefined {
    return this.#byField.get(byteKey(field))?.value;
  }

  set(field: Uint8Array, value: Uint8Array): void {
    this.#byField.set(byteKey(field), { field, value });
  }

  delete(field: Uint8Array): void {
    this.#byField.delete(byteKey(field));
  }
}
