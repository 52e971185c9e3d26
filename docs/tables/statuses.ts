// The answers of the three URLs. Status, message and reason come from the errors that the handlers throw.
import { FAILURE_MEMORY_MS } from '../../handlers/core/cached-secret';
import * as errors from '../../handlers/core/errors';
import { failure, success } from '../../handlers/core/http';
import type { Table } from './table';

const { AccessDenied, BadGateway, BodyTooLarge, MethodNotAllowed, StaleEvent, Unavailable, Unprocessable } =
  errors;
type Refusal = errors.Refusal;

const FIELDS = 'names each bad field';
/** After some failures in a row. */
const noSecret = new Unavailable('secret', undefined, FAILURE_MEMORY_MS.most / 1000);
const common = [new MethodNotAllowed(), new BodyTooLarge(64 * 1024)];
const calls = [
  ...common,
  new Unprocessable(FIELDS),
  new BadGateway(),
  noSecret,
  new Unavailable('momento'),
  new Unavailable('unexpected'),
];
/** What Lambda answers before a function runs. */
const TOO_MANY = ['429', '', 'from AWS'];
const BY_AWS = [['403', '', 'from AWS'], TOO_MANY];

/** In the order of the checks. */
const TABLES: Readonly<Record<string, { rows: string[][]; refusals: Refusal[] }>> = {
  'statuses of the webhook': {
    rows: [bare(success(200)), bare(success(202)), TOO_MANY],
    refusals: [
      ...common,
      new AccessDenied('unsigned'),
      noSecret,
      new AccessDenied('signature'),
      new Unprocessable(FIELDS),
      new StaleEvent(),
      new Unavailable('store'),
      new Unavailable('unexpected'),
    ],
  },
  'statuses of the publisher': { rows: [bare(success(200)), ...BY_AWS], refusals: calls },
  'statuses of the token service': { rows: [['200', '', 'the token'], ...BY_AWS], refusals: calls },
};

/** Throws if the handlers have an error that no table names. */
export function statusTables(): Table[] {
  const listed = Object.values(TABLES).flatMap(({ refusals }) => refusals);
  for (const [name, type] of Object.entries(errors)) {
    if (name === 'Refusal' || !(type.prototype instanceof errors.Refusal)) continue;
    if (!listed.some((one) => one.constructor === type)) {
      throw new Error(`handlers/core/errors.ts has ${name}, which docs/tables/statuses.ts does not list`);
    }
  }
  return Object.entries(TABLES).map(([name, { rows, refusals }]) => ({
    name,
    columns: ['status', 'reason', 'answer'],
    rows: [...rows, ...refusals.map(described)],
    prose: 'when',
    named: 2,
  }));
}

function bare({ statusCode, body }: { statusCode: number; body: string }): string[] {
  return [String(statusCode), '', `\`${body}\``];
}

function described(refusal: Refusal): string[] {
  const { statusCode, headers } = failure(refusal);
  const message = refusal instanceof Unprocessable ? refusal.message : `\`${refusal.message}\``;
  const more = Object.entries(headers).filter(([name]) => name !== 'content-type');
  const header = more.map(([name, value]) => `, with \`${name}: ${value}\``).join('');
  return [String(statusCode), `\`${refusal.reason}\``, `${message}${header}`];
}
