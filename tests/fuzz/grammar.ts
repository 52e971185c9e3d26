// Requests that must all be refused: near-valid ones from a grammar, and random bytes. The seed and its number determine
// each request.
import { gzipSync } from 'node:zlib';
import { SIGNATURE_HEADER, sign } from '../../handlers/core/signature';
import type { Chance } from '../soak/random';

export interface HostileRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  /** The bytes that the body lacks of its content-length. */
  readonly missing?: number;
}

export interface Target {
  readonly secret: string;
  readonly cache: string;
  readonly topic: string;
  /** Every request contains it; no answer and no stored comment may contain it. */
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
const ATTACKS = [
  'unsigned',
  'forged',
  'tampered',
  'malformed',
  'stale',
  'huge',
  'method',
  'bytes',
  'encoded',
  'cut',
] as const;

/** The webhook's request with this number. */
export function hostileEvent(chance: Chance, n: number, target: Target): HostileRequest {
  const roll = <T>(choices: readonly T[], what: string): T => oneOf(choices, chance, what, n);
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
    case 'encoded': {
      const { says, body } = roll(encodings(valid), 'encoding');
      return { method: 'POST', headers: { ...signed(body), ...says }, body };
    }
    case 'cut': {
      // The part that arrives can be a whole valid event with its signature, or a part of it.
      const whole = Buffer.from(valid);
      const body =
        chance.roll('whole', n) < 0.5 ? whole : whole.subarray(0, chance.below(whole.length, 'cut', n));
      return { method: 'POST', headers: signed(body), body, missing: 1 + chance.below(5_000, 'missing', n) };
    }
  }
  return attack satisfies never;
}

/** A valid event in another encoding, and the headers that name it. */
function encodings(valid: string): { says: Record<string, string>; body: Buffer }[] {
  const json = { 'content-type': 'application/json' };
  const zipped = { ...json, 'content-encoding': 'gzip' };
  return [
    { says: zipped, body: gzipSync(valid) },
    { says: zipped, body: gzipSync(valid).subarray(0, 40) },
    { says: { ...json, 'content-encoding': 'br' }, body: gzipSync(valid) },
    { says: { 'content-type': 'application/json; charset=utf-16' }, body: Buffer.from(valid, 'utf16le') },
    { says: json, body: Buffer.from(`\uFEFF${valid}`, 'utf8') },
    { says: json, body: Buffer.concat([Buffer.from([0xff]), Buffer.from(valid)]) },
    { says: { ...json, 'content-transfer-encoding': 'base64' }, body: inBase64(valid) },
    { says: { 'content-type': 'application/octet-stream' }, body: inBase64(valid) },
  ];
}

/**
 * A request as Lambda hands it to the webhook, with a wrong `isBase64Encoded`. It is signed over the body as sent, or as
 * meant.
 */
export function hostileInvocation(chance: Chance, n: number, target: Target): object {
  const valid = JSON.stringify(validEvent(target));
  const base64 = inBase64(valid).toString();
  const bodies: { body: string; isBase64Encoded: boolean }[] = [
    { body: valid, isBase64Encoded: true },
    { body: base64, isBase64Encoded: false },
    { body: inBase64(base64).toString(), isBase64Encoded: true },
    { body: base64.slice(0, chance.below(base64.length - 4, 'cut', n)), isBase64Encoded: true },
    { body: `%${valid}%`, isBase64Encoded: true },
    { body: '='.repeat(chance.below(100, 'padding', n)), isBase64Encoded: true },
    { body: randomBytes(chance, n).toString('latin1'), isBase64Encoded: true },
  ];
  const { body, isBase64Encoded } = oneOf(bodies, chance, 'body', n);
  const there = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const over = chance.roll('over', n) < 0.5 ? there : Buffer.from(`${valid} `);
  const headers = { 'x-canary': target.canary, [SIGNATURE_HEADER]: sign(over, target.secret) };
  return { requestContext: { http: { method: 'POST' } }, headers, body, isBase64Encoded };
}

function inBase64(text: string): Buffer {
  return Buffer.from(Buffer.from(text).toString('base64'));
}

/** The publisher's input instead of `{userId, courseId, comment}`; never one that it may publish. */
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

/** An event that the webhook stores if it is signed. */
export function validEvent({ cache, topic, canary }: Target) {
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

/** A signed body that is not an event: a field is wrong, missing or doubled, or the JSON is cut, nested or invalid. */
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

/** Nested arrays of this depth. */
function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** JSON of a value; a text that begins like an array is JSON already. */
function asJson(value: unknown): string {
  return typeof value === 'string' && value.startsWith('[') ? value : (JSON.stringify(value) ?? '');
}

function oneOf<T>(choices: readonly T[], chance: Chance, what: string, n: number): T {
  const weighted = choices.map((choice) => [choice, 1] as const);
  return chance.pick(weighted, what, n);
}

function randomBytes(chance: Chance, n: number): Buffer {
  return chance.bytes(chance.below(2_000, 'length', n), 'bytes', n);
}
