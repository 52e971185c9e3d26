#!/usr/bin/env node
// `npx local-momento`: only the local Momento, for any Momento SDK in any language.
import './compile-cache';
import { runCommand, UsageError } from './command';

/** How often it looks whether npm has ended. */
const WATCH_MS = 250;

async function main(): Promise<void> {
  const { text, momento } = await runCommand(process.argv.slice(2));
  const end = (): void => void momento?.close();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  // npm passes a signal on to its shell alone, which ends without a word to this process.
  if (process.env.npm_lifecycle_event !== undefined) whenOrphaned(end);
  process.stdout.on('error', () => undefined); // as in `| head -1`: it serves on
  console.log(text);
}

function whenOrphaned(then: () => void): void {
  const parent = process.ppid;
  const watching = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watching);
    then();
  }, WATCH_MS).unref();
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? `local-momento: ${error.message}` : error);
  process.exitCode = 1;
});
