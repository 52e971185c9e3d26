// Whole numbers of 64 bits, of which JavaScript's numbers hold the small ones alone.
import * as v from 'valibot';

/**
 * From 0 to 2^64 - 1: a number where that is exact, up to 2^53 - 1, else the decimal digits. So each has one form, which
 * JSON keeps, and `===` compares them.
 */
export type Uint64 = number | string;

const MOST = 2n ** 64n - 1n;

/** @param digits decimal, as protocol buffers' readers give them */
export function uint64(digits: string): Uint64 {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

/** The digits of those that are too large for a number, and of no others: else one would have two forms. */
function isLarge(digits: string): boolean {
  if (!/^[1-9]\d{15,19}$/.test(digits)) return false;
  const value = BigInt(digits);
  return value > BigInt(Number.MAX_SAFE_INTEGER) && value <= MOST;
}

/** A Uint64, or `message`. */
export function uint64Schema(message: string) {
  return v.custom<Uint64>(
    (given) =>
      typeof given === 'string' ? isLarge(given) : Number.isSafeInteger(given) && Number(given) >= 0,
    message,
  );
}
