// A message from the publisher to the webhook. The application defines its fields; this file defines what all messages share.
import * as v from 'valibot';
import { isBlank } from './message-fields';

/** Momento's limit for a message, in bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 4096;

/** The id of the request that published a message: a UUID that finds it in the logs. Anything else counts as absent. */
const requestId = v.fallback(v.optional(v.pipe(v.string(), v.uuid(), v.toLowerCase())), undefined);

const USER_ID = 'must be a string of 1 to 64 characters that is not blank';

/** Momento's token ids have at most 64 characters. */
export const userId = v.pipe(
  v.string(USER_ID),
  v.minLength(1, USER_ID),
  v.maxLength(64, USER_ID),
  v.check((id) => !isBlank(id), USER_ID),
  v.check((id) => id.isWellFormed(), 'must be well-formed Unicode'),
);

/** As long as any request id. */
const A_REQUEST_ID = '00000000-0000-0000-0000-000000000000';

/** The fields of a message, each with its schema. The names `userId` and `requestId` are reserved. */
export type MessageFields = v.ObjectEntries;

/**
 * The message of an application: one definition for publishing and receiving it. Unknown fields are ignored.
 * @param longest the field that an error names if the whole message is too long
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
    /** The webhook's input: the fields, and `requestId` if this project's publisher published the message. */
    received: v.object({ ...fields, requestId }, 'must be an object'),
    /** The publisher's input: the fields, and the author. */
    publication: v.pipe(complete, fits),
    textOf,
  };
}
