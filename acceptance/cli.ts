// `npm run acceptance -- --stack NAME`: checks in a real AWS account what no test on one machine can.
import { createInterface } from 'node:readline/promises';
import { UsageError } from '../local/commands/flags';
import { run } from './command';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    console.error('\ninterrupted: removing what was made; this takes a few minutes');
    interruption.abort();
  });
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question, { signal: interruption.signal });
  } catch {
    return 'no'; // Ctrl-C
  } finally {
    terminal.close();
  }
}

run(process.argv.slice(2), {
  print: console.log,
  ask: process.stdin.isTTY ? ask : undefined,
  signal: interruption.signal,
}).then(
  (status) => process.exit(status), // Momento's SDK may keep a connection
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
