// A counter: an integer that is stored as text in base 10, as increments leave it.
import { failedPrecondition, invalidArgument } from './errors';

/**
 * @param stored undefined counts as 0
 * @throws MomentoError: FAILED_PRECONDITION if something else is stored, INVALID_ARGUMENT if the sum is out of range.
 */
export function increment(stored: Uint8Array | undefined, amount: number): number {
  const sum = (stored === undefined ? 0 : integerIn(stored)) + amount;
  if (!Number.isSafeInteger(sum)) throw invalidArgument('The sum is out of range');
  return sum;
}

function integerIn(stored: Uint8Array): number {
  const text = Buffer.from(stored).toString();
  if (!/^-?\d+$/.test(text)) throw failedPrecondition('The value is not an integer in base 10');
  return Number(text);
}
