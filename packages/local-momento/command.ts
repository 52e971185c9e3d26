// The command line of the local Momento as a function: takes arguments, returns a running Momento or a text.

import { parseArgs } from 'node:util';
import { type Momento, startMomento } from '.';
import { FAULT_KINDS, firstOf, InvalidFault, parseFault } from './faults';

const HELP = `A local Momento: caches, topics, disposable tokens and webhooks, in memory, on 127.0.0.1.

  npm run momento -- [--port 8080] [--cache NAME]… [--fault OPERATION=KIND[:MS][:SHARE]]…

  --port     the port to listen on; default 8080, where SDKs look for "Momento local"; 0 for any free one
  --cache    a cache to create at the start; may be given several times
  --fault    a fault for one operation, or * for all: SortedSetPut=refuse, Publish=throttle:0.2, Get=delay:500
             KIND is one of ${FAULT_KINDS.join(', ')};
             MS is how long to delay, or how late to apply (apply-late); SHARE, as 0.2, is the part of the calls
  --help     print this text`;

/** A mistake in the command line, or a port that is not available: a message of one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Starts what the arguments ask for; `text` is for the terminal. With `--help` nothing starts.
 * @throws UsageError
 */
export async function runCommand(args: string[]): Promise<{ text: string; momento?: Momento }> {
  const options = readOptions(args);
  if (options.help) return { text: HELP };
  const momento = await start(options.port, options.caches);
  try {
    const { operations } = momento;
    momento.setFaults(firstOf(options.faults.map((flag) => parseFault(flag, { operations }))));
  } catch (error) {
    await momento.close();
    throw error instanceof InvalidFault ? new UsageError(error.message) : error;
  }
  return { text: greeting(momento, options.caches), momento };
}

function readOptions(args: string[]): { help: boolean; port: number; caches: string[]; faults: string[] } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8080' },
        cache: { type: 'string', multiple: true, default: [] },
        fault: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
    if (!(port <= 65_535))
      throw new UsageError(`--port must be a number from 0 to 65535, not "${values.port}"`);
    return { help: values.help, port, caches: values.cache, faults: values.fault };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function start(port: number, caches: string[]): Promise<Momento> {
  try {
    return await startMomento({ port, caches: [...new Set(caches)] });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new UsageError(`port ${port} is in use; choose another with --port`);
    if (code === 'EACCES') throw new UsageError(`port ${port} needs privileges; choose another with --port`);
    throw error;
  }
}

function greeting({ port }: Momento, caches: string[]): string {
  return `Momento is listening on 127.0.0.1:${port}, without TLS. It keeps everything in memory.
${caches.length > 0 ? `Caches: ${caches.join(', ')}\n` : ''}
Connect a Momento SDK with its configuration for Momento local, which needs no API key. In Node.js:

  CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port: ${port} })

Ctrl-C ends it.`;
}
