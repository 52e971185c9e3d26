// How Momento signs what it posts to a webhook (Momento's documentation of webhooks, "Signing events").
import { createHmac } from 'node:crypto';

export const SIGNATURE_HEADER = 'momento-signature';

/** The lower-case hexadecimal HMAC SHA3-256 of the body. */
export function sign(body: Uint8Array, secret: string): string {
  return createHmac('sha3-256', secret).update(body).digest('hex');
}
