// The flags of `npm run verify`, and the stack that they name.
import { parseFlags, parsePort, UsageError } from '../local/commands/flags';
import { deployedStack } from './deployed-stack';
import { localStack } from './local-stack';
import { verify } from './verify';

const USAGE = `Usage: npm run verify -- --stack STACK [--cache NAME] [--within SECONDS]
       npm run verify -- --local [--port PORT] [--within SECONDS]

Publishes a marked comment through the stack's publisher, waits for it in the cache, and removes it. Exits 0, or 1 with
the step that failed and what to look at.

  --stack STACK     a deployed stack, as pulumi names it; your AWS credentials must be allowed to call the publisher
  --cache NAME      its cache, if it differs from the stack's settings
  --local           the stack that "npm start" runs on this machine
  --port PORT       the port of the local stack, if several run
  --within SECONDS  how long the comment may take, 1 to 600; default 30

  MOMENTO_API_KEY    with --stack: an API key that may read and write the cache
  MOMENTO_ENDPOINT   the endpoint of the key's region; only for a v2 key`;

/** Runs the command with these arguments. Throws UsageError and StepFailed. */
export async function run(args: string[], print: (line: string) => void): Promise<void> {
  const flags = parseFlags(args, {
    stack: { type: 'string' },
    cache: { type: 'string' },
    local: { type: 'boolean', default: false },
    port: { type: 'string' },
    within: { type: 'string', default: '30' },
    help: { type: 'boolean' },
  });
  if (flags.help) return print(USAGE);
  const within = Number(flags.within);
  if (!/^\d+$/.test(flags.within) || within < 1 || within > 600) {
    throw new UsageError(`--within is ${JSON.stringify(flags.within)}; allowed: 1 to 600`);
  }
  await verify(await targetOf(flags), {
    withinMs: within * 1000,
    tell: (step, detail) => print(`  ${step.padEnd(10)} ${detail}`),
  });
}

async function targetOf(flags: { stack?: string; cache?: string; local: boolean; port?: string }) {
  const { stack, local, port } = flags;
  if (local === (stack !== undefined)) {
    throw new UsageError('choose a stack: either --stack STACK or --local');
  }
  if (stack === undefined) return localStack(port === undefined ? undefined : parsePort(port));
  if (port !== undefined) throw new UsageError('--port works only with --local');
  return deployedStack(stack, flags.cache);
}
