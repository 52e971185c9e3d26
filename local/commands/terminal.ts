// Makes other people's text safe to print: in a terminal some characters are commands.

/** Control characters (escape sequences begin with one), line ends, and marks that change the writing direction. */
const COMMANDS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The text with such characters escaped as in JSON, `\u001b`. */
export function printable(text: string): string {
  return text.replace(COMMANDS, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
