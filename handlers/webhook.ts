// The webhook: Momento (or the relay) posts a signed event, which is verified and stored under its publisher's identity.
import type { Message } from '#application/message';
import { setting } from './adapters/environment';
import { rehearse, whileInitialising } from './adapters/initialisation';
import { count, countReason, publishMetrics, timed } from './adapters/metrics';
import { RedriveQueue } from './adapters/redrive-queue';
import { fetchVersions } from './adapters/secrets';
import { handle, readMessage, rehearseReading } from './application';
import { before, type Deadline, DeadlineExceeded } from './core/deadline';
import { Denials } from './core/denials';
import { Refusal, reasonOf, Unavailable } from './core/errors';
import { eventParser, refuseStale, type TopicEvent } from './core/event';
import { type Answer, failure, postedBytes, success, type UrlRequest } from './core/http';
import { SIGNATURE_HEADER, verifySignature } from './core/signature';
import { SigningSecret } from './core/signing-secret';

/** Momento's messages are at most 4 KB. Escaped in JSON they can be several times larger; the rest of the body is small. */
const MAX_BODY_BYTES = 64 * 1024;

/** In milliseconds after the request arrived. Momento waits 5 seconds; after that the event is lost. */
const STORE_WITHIN_MS = 2_500;
const QUEUE_WITHIN_MS = 3_500;
/** A slower start has used up too much of that time. Momento may not wait so long, but the event is worth the full time. */
const SLOW_START_MS = 1_500;

/** Reasons that the alarm adds up: it needs a value for each. */
const ALARMING = { signature: 0, secret: 0 };

const signingSecret = new SigningSecret(() => fetchVersions(setting('SIGNING_SECRET_ARN')));
const parseEvent = eventParser({ cache: setting('CACHE_NAME'), topic: setting('TOPIC_NAME') });
const redriveQueue = new RedriveQueue(setting('REDRIVE_QUEUE_URL'));
const denials = new Denials();

whileInitialising(signingSecret.prefetch());
rehearse(() => verifySignature(Buffer.from('{}'), '0'.repeat(64), ['nobody’s secret']));
rehearseReading(parseEvent);

export async function handler(request: UrlRequest): Promise<Answer> {
  const start = receivedAt(request);
  try {
    const { event, message } = await verified(request, start + STORE_WITHIN_MS);
    return await accepted(event, message, start);
  } catch (error) {
    return denied(error);
  } finally {
    publishMetrics();
  }
}

/** The event and its message, after all checks, the cheapest first. */
async function verified(request: UrlRequest, deadline: Deadline) {
  const body = postedBytes(request, MAX_BODY_BYTES);
  const checked = signingSecret.check(body, request.headers[SIGNATURE_HEADER]);
  await before(deadline, checked).catch((error) => {
    throw error instanceof DeadlineExceeded ? new Unavailable('secret', error) : error;
  });
  const event = parseEvent(body.toString('utf8'));
  const message = readMessage(event);
  refuseStale(event, Date.now());
  return { event, message };
}

/** Stores a verified event. If Momento fails, it queues the event; if that fails too, it answers 503. */
async function accepted(event: TopicEvent, message: Message, start: number): Promise<Answer> {
  const found = { eventId: event.id, requestId: message.requestId };
  count('Accepted');
  reportDenials({ accepted: true });
  try {
    await timed('StoreLatency', handle(event, message, start + STORE_WITHIN_MS));
    count('Stored');
    console.info({ outcome: 'stored', ...found });
    return success(200);
  } catch (error) {
    console.warn({ outcome: 'not stored', ...found, reason: reasonOf(error) });
  }
  try {
    await before(start + QUEUE_WITHIN_MS, redriveQueue.send(event));
    count('Queued');
    console.info({ outcome: 'queued', ...found });
    return success(202);
  } catch (error) {
    count('Lost');
    console.error({ outcome: 'lost', ...found, reason: reasonOf(error) });
    return failure(new Unavailable('store'));
  }
}

function denied(error: unknown): Answer {
  const refusal = error instanceof Refusal ? error : new Unavailable('unexpected', error);
  if (refusal instanceof Unavailable && refusal.cause) {
    // This cannot flood the log: a failed fetch of the secret has a cause once, and in the end comes once in 30 seconds.
    console.error({ outcome: 'unavailable', reason: reasonOf(refusal) });
  }
  denials.count(refusal.reason);
  reportDenials();
  return failure(refusal);
}

function reportDenials({ accepted = false } = {}): void {
  const reasons = denials.due(Date.now(), accepted);
  if (!reasons) return;
  if (!accepted) count('Accepted', 0); // for the alarm, which compares the two
  console.warn({ outcome: 'denied', ...reasons });
  for (const [reason, times] of Object.entries({ ...ALARMING, ...reasons }))
    countReason('Denied', reason, times);
}

/** When Momento began to wait; after a slow start, now. */
function receivedAt(request: UrlRequest): number {
  const now = Date.now();
  const receivedAt = Math.min(request.requestContext.timeEpoch ?? now, now);
  return now - receivedAt <= SLOW_START_MS ? receivedAt : now;
}
