// Attacks on the stack on this machine, with real requests. Each returns the answer that came back.
import { randomBytes } from 'node:crypto';
import { SIGNATURE_HEADER, sign } from '../../handlers/core/signature';
import type { Fields } from '../application';

export const ATTACKS = ['forged', 'tampered', 'replayed', 'stale', 'unsigned'] as const;
export type Attack = (typeof ATTACKS)[number];

export interface AttackReport {
  /** `refused`; `harmless`: accepted, but nothing changed; `succeeded`: must never happen. */
  readonly verdict: 'refused' | 'harmless' | 'succeeded';
  readonly summary: string;
  /** Where the request ended. */
  readonly station: 'publisher' | 'webhook';
  /** The request as it went over the wire, without headers that every request has. */
  readonly request: SentRequest;
  readonly status: number;
  readonly answer: string;
  readonly ms: number;
}

export interface SentRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Target {
  readonly webhookUrl: string;
  readonly publisherUrl: string;
  readonly cacheName: string;
  readonly topicName: string;
  /** Momento's signing secret. An attacker can intercept an event, but not the secret. */
  signingSecret(): string;
  /** The number of entries at this message's place. */
  count(message: Fields): Promise<number>;
}

type Sent = Pick<AttackReport, 'status' | 'request' | 'answer' | 'ms'>;

/** The age of the stale event, in milliseconds. */
const STALE_MS = 120_000;

/** Carries out an attack with this message of taylor's, and returns its result. */
export async function attack(name: Attack, message: Fields, target: Target): Promise<AttackReport> {
  switch (name) {
    case 'forged': {
      const body = eventBody(target, message);
      const secret = randomBytes(32).toString('hex'); // a guess
      return refused(await toWebhook(target, body, sign(Buffer.from(body), secret)));
    }
    case 'tampered': {
      const body = eventBody(target, message);
      const signature = sign(Buffer.from(body), target.signingSecret());
      return refused(
        await toWebhook(target, body.replace('"token_id":"taylor"', '"token_id":"mallory"'), signature),
      );
    }
    case 'stale': {
      const body = eventBody(target, message, Date.now() - STALE_MS);
      return refused(await toWebhook(target, body, sign(Buffer.from(body), target.signingSecret())));
    }
    case 'replayed':
      return replay(message, target);
    case 'unsigned': {
      const body = JSON.stringify({ userId: 'taylor', ...message });
      return refused(await post(target.publisherUrl, body, {}), 'publisher');
    }
  }
}

/** Momento's own event, sent a second time. It is genuine, so the webhook accepts it, and stores it once. */
async function replay(message: Fields, target: Target): Promise<AttackReport> {
  const body = eventBody(target, message);
  const signature = sign(Buffer.from(body), target.signingSecret());
  await toWebhook(target, body, signature);
  const before = await target.count(message);
  const sent = await toWebhook(target, body, signature);
  const after = await target.count(message);
  if (sent.status >= 400) return refused(sent);
  const summary = `Answered ${sent.status}; entries: ${before} before, ${after} after`;
  return { verdict: after === before ? 'harmless' : 'succeeded', summary, station: 'webhook', ...sent };
}

function refused(sent: Sent, station: AttackReport['station'] = 'webhook'): AttackReport {
  const verdict = sent.status >= 400 && sent.status < 500 ? 'refused' : 'succeeded';
  return { verdict, summary: `Answered ${sent.status}`, station, ...sent };
}

function eventBody(target: Target, message: Fields, at = Date.now()): string {
  return JSON.stringify({
    cache: target.cacheName,
    topic: target.topicName,
    event_timestamp: at,
    publish_timestamp: at,
    topic_sequence_number: at,
    token_id: 'taylor',
    text: JSON.stringify(message),
  });
}

function toWebhook({ webhookUrl }: Target, body: string, signature: string): Promise<Sent> {
  return post(webhookUrl, body, { [SIGNATURE_HEADER]: signature });
}

async function post(url: string, body: string, more: Record<string, string>): Promise<Sent> {
  const headers = { 'content-type': 'application/json', ...more };
  const started = performance.now();
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  const ms = performance.now() - started;
  const told = ['content-type', 'retry-after', 'x-amzn-errortype'].flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [`${name}: ${value}`];
  });
  return {
    status: response.status,
    request: { url, headers, body },
    answer: [`${response.status}`, ...told, '', text].join('\n'),
    ms,
  };
}
