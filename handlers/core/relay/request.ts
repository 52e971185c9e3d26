// The request that Momento's webhook would send for a message (Momento's documentation of webhooks).
import type { EventFields } from '../event';
import { SIGNATURE_HEADER, sign } from '../signature';

export interface WebhookRequest {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const USER_AGENT = 'Momento/1.0 (Webhooks; +https://docs.momentohq.com/topics/webhooks)';

/** The request for one try: `publish_timestamp` and the signature are those of this try. */
export function webhookRequest(event: EventFields, secret: string): WebhookRequest {
  const body = Buffer.from(JSON.stringify(event));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.length),
      'user-agent': USER_AGENT,
      [SIGNATURE_HEADER]: sign(body, secret),
    },
  };
}
