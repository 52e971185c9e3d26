// What somebody else wrote, made safe to print: in a terminal some characters are commands.

/** Controls (escape sequences begin with one), line ends, and what turns the direction of writing. */
const COMMANDS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The same text with such characters as JSON writes them, `\u001b`. */
export function printable(text: string): string {
  return text.replace(COMMANDS, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
