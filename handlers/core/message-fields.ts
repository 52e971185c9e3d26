// Fields that messages of any application can have.
import * as v from 'valibot';

const CONTROL_CHARACTER = /\p{Cc}/u;

/** Whether a name says nothing, as Momento sees it. */
export const isBlank = (name: string): boolean => name.trim() === '';

/** Text that a user writes: at least one character. Only the limit of the whole message bounds its length. */
export const writtenText = v.pipe(
  v.string('must be a string of at least 1 character'),
  v.minLength(1, 'must be a string of at least 1 character'),
);

/**
 * The name of something that is stored, such as a course: a safe integer or a string. Names that begin with a control
 * character are reserved for the program's own keys.
 */
export const chosenName = v.custom<number | string>(
  (id) =>
    Number.isSafeInteger(id) ||
    (typeof id === 'string' &&
      !isBlank(id) && // Momento refuses blank names
      id.length <= 256 &&
      id.isWellFormed() &&
      !CONTROL_CHARACTER.test(id)),
  'must be a safe integer, or a string of 1 to 256 characters that is not blank and has no control characters',
);
