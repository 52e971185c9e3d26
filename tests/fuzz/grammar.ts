// Requests that must all be refused: of a grammar near the valid ones, and random bytes. What a request is follows from
// the seed and its number.
import { SIGNATURE_HEADER, sign } from '../../handlers/core/signature';
import type { Chance } from '../soak/random';

export interface HostileRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export interface Target {
  readonly secret: string;
  readonly cache: string;
  readonly topic: string;
  /** Stands in whatever is sent, and must stand in no answer and no stored comment. */
  readonly canary: string;
}

const METHODS = ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];
const TYPES = [
  'application/json',
  'application/octet-stream',
  'text/plain',
  'image/png',
  'multipart/form-data',
  '',
];
const MAX_BODY_BYTES = 64 * 1024;
const ATTACKS = ['unsigned', 'forged', 'tampered', 'malformed', 'stale', 'huge', 'method', 'bytes'] as const;

/** The request of a number, for the webhook. */
export function hostileEvent(chance: Chance, n: number, target: Target): HostileRequest {
  const roll = <T>(choices: readonly T[], what: string): T =>
    chance.pick(
      choices.map((choice) => [choice, 1] as const),
      what,
      n,
    );
  const attack = roll(ATTACKS, 'attack');
  const type = { 'content-type': roll(TYPES, 'type'), 'x-canary': target.canary };
  const valid = JSON.stringify(validEvent(target));
  const signed = (body: Buffer) => ({ ...type, [SIGNATURE_HEADER]: sign(body, target.secret) });
  switch (attack) {
    case 'unsigned':
      return { method: 'POST', headers: { ...type, ...badSignature(chance, n) }, body: Buffer.from(valid) };
    case 'forged':
      return {
        method: 'POST',
        headers: { ...type, [SIGNATURE_HEADER]: sign(Buffer.from(valid), `${target.secret}x`) },
        body: Buffer.from(valid),
      };
    case 'tampered': {
      const body = Buffer.from(valid);
      const headers = signed(body);
      const at = chance.below(body.length, 'at', n);
      body[at] = (body[at] ?? 0) ^ (1 << chance.below(8, 'bit', n));
      return { method: 'POST', headers, body };
    }
    case 'malformed': {
      const body = Buffer.from(malformedEvent(chance, n, target));
      return { method: 'POST', headers: signed(body), body };
    }
    case 'stale': {
      const off = (chance.roll('side', n) < 0.5 ? -1 : 1) * (61_000 + chance.below(1e9, 'off', n));
      const body = Buffer.from(
        JSON.stringify({ ...validEvent(target), publish_timestamp: Date.now() + off }),
      );
      return { method: 'POST', headers: signed(body), body };
    }
    case 'huge': {
      const body = Buffer.alloc(MAX_BODY_BYTES + 1 + chance.below(300_000, 'size', n), target.canary);
      return { method: 'POST', headers: signed(body), body };
    }
    case 'method':
      return {
        method: roll(METHODS, 'method'),
        headers: signed(Buffer.from(valid)),
        body: Buffer.from(valid),
      };
    case 'bytes': {
      const body = randomBytes(chance, n);
      return { method: 'POST', headers: signed(body), body };
    }
  }
  return attack satisfies never;
}

/** What the publisher is given instead of `{userId, courseId, comment}`; never something that it may publish. */
export function hostilePublication(chance: Chance, n: number, { canary }: Target): Buffer {
  const valid = { userId: 'user', courseId: 1, comment: canary };
  const wrong: unknown[] = [
    { ...valid, userId: odd(chance, n, canary.repeat(8)) },
    { ...valid, courseId: odd(chance, n, canary.repeat(40)) },
    { ...valid, comment: odd(chance, n, canary.repeat(600)) },
    { userId: canary },
    odd(chance, n, canary),
    nested(chance.below(2_000, 'depth', n)),
  ];
  const choice = chance.below(wrong.length + 2, 'wrong', n);
  if (choice === wrong.length) return randomBytes(chance, n);
  const text = choice > wrong.length ? JSON.stringify(valid) : asJson(wrong[choice]);
  return Buffer.from(choice > wrong.length ? text.slice(0, chance.below(text.length, 'cut', n)) : text);
}

function validEvent({ cache, topic, canary }: Target) {
  return {
    cache,
    topic,
    event_timestamp: Date.now(),
    publish_timestamp: Date.now(),
    topic_sequence_number: 1,
    token_id: 'user',
    text: JSON.stringify({ comment: canary, courseId: 1 }),
  };
}

/** Signed, and yet no event: a field is wrong, missing or doubled, or the JSON is cut, nested or not JSON at all. */
function malformedEvent(chance: Chance, n: number, target: Target): string {
  const event = validEvent(target);
  const fields = [
    'cache',
    'topic',
    'event_timestamp',
    'publish_timestamp',
    'topic_sequence_number',
    'token_id',
    'text',
  ];
  const field = fields[chance.below(fields.length, 'field', n)] ?? 'text';
  const kind = chance.below(7, 'kind', n);
  if (kind === 0) return JSON.stringify({ ...event, [field]: undefined });
  if (kind === 1) return JSON.stringify(event).slice(0, chance.below(100, 'cut', n));
  if (kind === 2) return asJson(nested(chance.below(30_000, 'depth', n)));
  if (kind === 3)
    return `{"__proto__":${JSON.stringify(event)},"constructor":{"prototype":${JSON.stringify(event)}}}`;
  if (kind === 4)
    return JSON.stringify({
      ...event,
      text: hostilePublication(chance, n, target).toString('latin1').slice(0, 9),
    });
  if (kind === 5) {
    const message = { comment: target.canary, courseId: `${target.canary}\u0001checkpoint` };
    return JSON.stringify({ ...event, text: JSON.stringify(message) });
  }
  return asJson({ ...event, [field]: odd(chance, n, { canary: target.canary }) });
}

/** Values of types and ranges that no field may have; `other` is one more. */
function odd(chance: Chance, n: number, other: unknown): unknown {
  const values = [null, true, -1.5, 1e308, [], [[]], {}, { $gt: '' }, '', other];
  return values[chance.below(values.length, 'odd', n)];
}

function badSignature(chance: Chance, n: number): Record<string, string> {
  const values = [
    '',
    '0',
    'z'.repeat(64),
    '0'.repeat(63),
    '0'.repeat(65),
    '0'.repeat(64),
    `${'a'.repeat(63)} `,
    'x'.repeat(4_000),
  ];
  const choice = chance.below(values.length + 1, 'signature', n);
  return choice === values.length ? {} : { [SIGNATURE_HEADER]: values[choice] ?? '' };
}

/** A number of arrays, one inside the other. */
function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** JSON of a value, but for text that begins as an array does: that is JSON already. */
function asJson(value: unknown): string {
  return typeof value === 'string' && value.startsWith('[') ? value : (JSON.stringify(value) ?? '');
}

function randomBytes(chance: Chance, n: number): Buffer {
  const size = chance.below(2_000, 'length', n);
  return Buffer.from(Array.from({ length: size }, (_, i) => chance.below(256, 'byte', n, i % 64)));
}
