// What users publish: a text, and a name of the client's own for it.
import * as v from 'valibot';
import { defineMessage } from '../../handlers/core/message';

/** In UTF-16 code units, as browsers count. It bounds what a translation costs, and lets the text always fit a message. */
export const TEXT_AT_MOST = 500;

const TEXT = `must be a string of 1 to ${TEXT_AT_MOST} characters that is not blank`;
const REF = 'must be a string of 1 to 64 letters, digits, hyphens, dots and underscores';

const text = v.pipe(
  v.string(TEXT),
  v.maxLength(TEXT_AT_MOST, TEXT),
  v.check((given) => given.trim() !== '', TEXT),
  v.check((given) => given.isWellFormed(), 'must be well-formed Unicode'),
);

/** The client's own id of the message, by which it recognizes it when it comes back. */
const ref = v.optional(v.pipe(v.string(REF), v.regex(/^[\w.-]{1,64}$/, REF)));

export const message = defineMessage({ text, ref }, { longest: 'text' });

export type Message = v.InferOutput<typeof message.received>;
