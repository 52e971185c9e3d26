// Momento's webhook signature: the lower-case hexadecimal HMAC SHA3-256 of the raw body, in the header
// `momento-signature` (Momento's documentation of webhooks, "Signing events").
import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADER = 'momento-signature';

const FORM = /^[0-9a-f]{64}$/i;

/** Whether a header could be a signature at all: 64 hexadecimal digits. Computes no hash. */
export function isSignature(header: string | undefined): header is string {
  return header !== undefined && FORM.test(header);
}

/** Signs the bytes of a body as Momento does: 64 lower-case hexadecimal digits. */
export function sign(body: Uint8Array, secret: string): string {
  return createHmac('sha3-256', secret).update(body).digest('hex');
}

/**
 * Whether `signature` was made over exactly these bytes with one of `secrets`.
 * Every secret is tried and each comparison takes constant time, so the time reveals nothing about either.
 */
export function verifySignature(body: Uint8Array, signature: string, secrets: readonly string[]): boolean {
  if (!isSignature(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  let matches = false;
  for (const secret of secrets) {
    const expected = createHmac('sha3-256', secret).update(body).digest();
    matches = timingSafeEqual(expected, given) || matches;
  }
  return matches;
}
