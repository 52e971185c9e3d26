// 64-bit whole numbers. JavaScript's numbers hold only the small ones exactly.
import * as v from 'valibot';

/**
 * From 0 to 2^64 - 1: a number if that is exact, up to 2^53 - 1, else the decimal digits. So each value has one form, which
 * JSON keeps and `===` compares.
 */
export type Uint64 = number | string;

const MOST = 2n ** 64n - 1n;

/** @param digits decimal, as readers of protocol buffers give them */
export function uint64(digits: string): Uint64 {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

/** Whether the digits are of a value too large for a number. Smaller values are refused, so that each has one form. */
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
