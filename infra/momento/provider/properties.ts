// The properties of the Momento resources, as given by the program or by a state that an earlier version wrote.
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';

/** What each resource stores to reach Momento. */
export const access = {
  /** Secret: no message shows it. */
  apiKey: v.pipe(v.string(), v.nonEmpty('is empty')),
  endpoint: v.optional(v.string()),
};

/** The properties without Pulumi's own. Throws an error that shows no value. */
export function parse<const T extends v.GenericSchema>(schema: T, properties: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, properties);
  if (parsed.success) return parsed.output;
  const list = parsed.issues.map((issue) => `${propertyOf(issue)} ${reasonOf(issue)}`);
  throw new Error(`The properties of the resource are wrong: ${list.join(', ')}`);
}

/** The result of a provider's `check`. */
export function check(schema: v.GenericSchema, properties: unknown) {
  const parsed = v.safeParse(schema, properties);
  return parsed.success
    ? { inputs: parsed.output }
    : { failures: parsed.issues.map((issue) => ({ property: propertyOf(issue), reason: reasonOf(issue) })) };
}

/** Which of these properties differ. */
export function differing(olds: unknown, news: unknown, keys: readonly string[]): string[] {
  const of = (properties: unknown, key: string) => Reflect.get(Object(properties), key);
  return keys.filter((key) => !isDeepStrictEqual(of(olds, key), of(news, key)));
}

function propertyOf(issue: v.BaseIssue<unknown>): string {
  return v.getDotPath(issue) ?? 'all';
}

/** Valibot's own messages show the given value, so they are replaced. */
function reasonOf(issue: v.BaseIssue<unknown>): string {
  return issue.kind === 'schema' ? 'is missing, or of the wrong type' : issue.message;
}
