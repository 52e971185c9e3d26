// A message from the publisher to the webhook: the application says which fields it has, this file what goes for every one.
import * as v from 'valibot';

/** Momento's limit for a message, in bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 4096;

/** Of the request that published a message: a UUID, by which it is found in the logs. Anything else counts as absent. */
const requestId = v.fallback(v.optional(v.pipe(v.string(), v.uuid(), v.toLowerCase())), undefined);

const USER_ID = 'must be a string of 1 to 64 characters';

/** Momento's token ids have at most 64 characters. */
const userId = v.pipe(
  v.string(USER_ID),
  v.minLength(1, USER_ID),
  v.maxLength(64, USER_ID),
  v.check((id) => id.isWellFormed(), 'must be well-formed Unicode'),
);

/** What the token service takes: whose token it is to be. */
export const tokenRequestSchema = v.object({ userId }, 'must be an object');

/** As long as any request id. */
const A_REQUEST_ID = '00000000-0000-0000-0000-000000000000';

/** The fields of a message: a schema each. The names `userId` and `requestId` are taken. */
export type MessageFields = v.ObjectEntries;

/**
 * The message of an application: one definition for who publishes it and for who receives it. Unknown fields are ignored.
 * @param longest the field that an error names where the whole message is too long
 */
export function defineMessage<const Fields extends MessageFields>(
  fields: Fields,
  { longest }: { readonly longest: keyof Fields & string },
) {
  const names = Object.keys(fields);
  /** A message as it travels on the topic. */
  const textOf = (message: object, request: string): string => {
    const given = names.map((name) => [name, Object(message)[name]]);
    return JSON.stringify(Object.fromEntries([...given, ['requestId', request]]));
  };
  const beside = [...names.filter((name) => name !== longest), 'a request id'].join(' and ');
  const tooLong = `is too long: with ${beside}, as JSON, it must be at most ${MAX_MESSAGE_BYTES} bytes of UTF-8`;
  const complete = v.object({ userId, ...fields }, 'must be an object');
  const fits = v.rawCheck<v.InferOutput<typeof complete>>(({ dataset, addIssue }) => {
    const input = Object(dataset.value);
    if (dataset.issues?.some(({ path }) => names.includes(String(path?.[0].key)))) return;
    if (Buffer.byteLength(textOf(input, A_REQUEST_ID)) <= MAX_MESSAGE_BYTES) return;
    addIssue({
      message: tooLong,
      path: [{ type: 'object', origin: 'value', input, key: longest, value: input[longest] }],
    });
  });
  return {
    /** What the webhook receives: the fields, and `requestId` where this project's publisher published it. */
    received: v.object({ ...fields, requestId }, 'must be an object'),
    /** What the publisher takes: the fields, and who writes. */
    publication: v.pipe(complete, fits),
    textOf,
  };
}
