// Random values that depend only on the seed, not on the order of the calls.
import { createHash } from 'node:crypto';

export class Chance {
  constructor(readonly seed: number) {}

  /** A number from 0 up to 1, fixed by the seed and its purpose. */
  roll(...what: readonly (string | number)[]): number {
    const digest = createHash('sha256')
      .update(JSON.stringify([this.seed, ...what]))
      .digest();
    return digest.readUInt32BE() / 2 ** 32;
  }

  /** Random bytes of this length. */
  bytes(size: number, ...what: readonly (string | number)[]): Buffer {
    if (size === 0) return Buffer.alloc(0);
    return createHash('shake256', { outputLength: size })
      .update(JSON.stringify([this.seed, ...what]))
      .digest();
  }

  below(limit: number, ...what: readonly (string | number)[]): number {
    return Math.floor(this.roll(...what) * limit);
  }

  /** One of several values, by their weights. */
  pick<T>(choices: readonly (readonly [T, number])[], ...what: readonly (string | number)[]): T {
    const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.roll(...what) * total;
    for (const [choice, weight] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new Error('there is nothing to choose from');
  }
}
