// The webhook: Momento (or the relay) posts a signed event, which is verified and stored under its publisher's identity.
import { setting } from './adapters/environment';
import { fetchVersions } from './adapters/secrets';
import type { Message } from './core/comment';
import { before, type Deadline } from './core/deadline';
import { Denials } from './core/denials';
import { reasonOf, Unavailable } from './core/errors';
import { eventParser, refuseStale, type TopicEvent } from './core/event';
import { type Answer, failure, postedBytes, success, type UrlRequest } from './core/http';
import { SIGNATURE_HEADER } from './core/signature';
import { SigningSecret } from './core/signing-secret';
import { readMessage, storeComment } from './store-comment';

/** Momento's messages are at most 4 KB; escaped in JSON they can be several times that, and the rest is small. */
const MAX_BODY_BYTES = 64 * 1024;

/** Milliseconds after the request came in. Momento waits 5 seconds, and then the event is gone. */
const STORE_WITHIN_MS = 2_500;
const ANSWER_WITHIN_MS = 4_000;

const signingSecret = new SigningSecret(() => fetchVersions(setting('SIGNING_SECRET_ARN')));
const parseEvent = eventParser({ cache: setting('CACHE_NAME'), topic: setting('TOPIC_NAME') });
const denials = new Denials();

signingSecret.prefetch();

export async function handler(request: UrlRequest): Promise<Answer> {
  const storeUntil = receivedAt(request) + STORE_WITHIN_MS;
  try {
    const { event, message } = await verified(request, storeUntil);
    return await stored(event, message, storeUntil);
  } catch (error) {
    denials.count(reasonOf(error));
    reportDenials();
    return failure(error);
  }
}

/** The event and its message, once everything about them has been checked, the cheapest first. */
async function verified(request: UrlRequest, deadline: Deadline) {
  const body = postedBytes(request, MAX_BODY_BYTES);
  await before(deadline, signingSecret.check(body, request.headers[SIGNATURE_HEADER]));
  const event = parseEvent(body.toString('utf8'));
  const message = readMessage(event);
  refuseStale(event, Date.now());
  return { event, message };
}

async function stored(event: TopicEvent, message: Message, deadline: Deadline): Promise<Answer> {
  reportDenials({ accepted: true });
  try {
    await storeComment(event, message, deadline);
    console.info({ outcome: 'stored', eventId: event.id });
    return success();
  } catch (error) {
    console.error({ outcome: 'not stored', eventId: event.id, reason: reasonOf(error) });
    return failure(new Unavailable('store', error));
  }
}

function reportDenials({ accepted = false } = {}): void {
  const denied = denials.due(Date.now(), accepted);
  if (denied) console.warn({ outcome: 'denied', ...denied });
}

/**
 * When Momento began to wait. Where it must have given up already (a very slow start), nobody waits for the answer any
 * more, but the event has come and is worth the full time.
 */
function receivedAt(request: UrlRequest): number {
  const now = Date.now();
  const receivedAt = Math.min(request.requestContext.timeEpoch ?? now, now);
  return now - receivedAt < ANSWER_WITHIN_MS ? receivedAt : now;
}
