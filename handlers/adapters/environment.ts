// The settings that the program gives to its functions, as environment variables.

/** A required setting. If it is missing, the function fails at its start with an error that names it. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/** A setting that must be a whole number. */
export function wholeNumber(name: string): number {
  const value = Number(setting(name));
  if (!Number.isSafeInteger(value))
    throw new Error(`the environment variable ${name} must be a whole number`);
  return value;
}

/** An optional setting. */
export function optional(name: string): string | undefined {
  return process.env[name] || undefined;
}
