// Parses untrusted input into a typed value, or throws an error that names the wrong fields.
import * as v from 'valibot';
import { Unprocessable } from './errors';

export type Schema<T> = v.GenericSchema<unknown, T>;

/** A typed value. Throws Unprocessable with every field that is wrong: `prefix.field must be …; …`. */
export function parse<T>(schema: Schema<T>, value: unknown, prefix = ''): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const complaints = result.issues.map((issue) => {
    const path = [prefix, v.getDotPath(issue)].filter(Boolean).join('.') || 'body';
    return issue.received === 'undefined' ? `${path} is missing` : `${path} ${issue.message}`;
  });
  throw new Unprocessable([...new Set(complaints)].join('; '));
}

/** Like `parse`, for JSON text. */
export function parseJson<T>(schema: Schema<T>, text: string, prefix = ''): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unprocessable(`${prefix || 'body'} must be JSON`);
  }
  return parse(schema, value, prefix);
}
