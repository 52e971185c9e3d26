// `npm run momento`: only the local Momento, for any Momento SDK in any language.
import { runCommand, UsageError } from './command';

async function main(): Promise<void> {
  const { text, momento } = await runCommand(process.argv.slice(2));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void momento?.close());
  console.log(text);
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? `momento: ${error.message}` : error);
  process.exitCode = 1;
});
