// Command-line flags. The error for an unknown or wrong flag says what is allowed.
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Wrong use of a command. The message is all that the user needs. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Throws UsageError. */
export function parseFlags<T extends Options>(args: string[], options: T) {
  return parseArguments(args, options, false).values;
}

/** The flags, and the words between them if they are allowed. Throws UsageError. */
export function parseArguments<T extends Options>(args: string[], options: T, allowPositionals = true) {
  try {
    return parseArgs<{ args: string[]; options: T; strict: true; allowPositionals: boolean }>({
      args,
      options,
      strict: true,
      allowPositionals,
    });
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split(/\.\s+(?=To |Did )/);
    const allowed = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`${why}; allowed: ${allowed.join(', ')}`);
  }
}

/** The first of several ports in a row; 0 means any free ones. Throws UsageError. */
export function parsePort(text: string, howMany = 1): number {
  const port = Number(text);
  const last = 65_536 - howMany;
  if (/^\d+$/.test(text) && port <= last) return port;
  throw new UsageError(`--port is ${JSON.stringify(text)}; allowed: 1 to ${last}, or 0 for any free ones`);
}
