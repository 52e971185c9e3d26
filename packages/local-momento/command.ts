// The command line of the local Momento as a function: takes arguments, returns a running Momento and what to print.

import { parseArgs } from 'node:util';
import {
  FAULT_KINDS,
  firstOf,
  InvalidFault,
  type Momento,
  type MomentoOptions,
  makeLegacyKey,
  parseFault,
  startMomento,
} from '.';
import { greeting } from './greeting';

const HELP = `A Momento on this machine for tests: caches, topics, disposable tokens and webhooks, in memory, on 127.0.0.1.

  local-momento [--port 8080] [--cache NAME]… [--api-key KEY]… [--fault FAULT]… [--admin-port PORT] [--print-port]

  --port PORT        the port to listen on; default 8080, where SDKs look for "Momento local"; 0 for any free one
  --print-port       print the port alone, once it is ready
  --admin-port PORT  where /block and /unblock cut the network, as in Momento's own suites; 0 for any free one
  --host ADDRESS     the address to listen on; default 127.0.0.1, which only this machine reaches; a container needs 0.0.0.0
  --cache NAME       a cache to create at the start; may be given several times
  --api-key KEY      a key that calls need, legacy or v2; "new" makes one up and prints it; may be given several times
  --heartbeat MS     the time between a subscription's heartbeats; default 5000
  --history N        how many messages of a topic a subscription can go back; default 1000
  --max-ttl SECONDS  the longest time to live; default 86400
  --webhook-rate N   how many messages a webhook gets per second; default 5
  --fault FAULT      a fault for one operation, or * for all: SortedSetPut=refuse, Get=refuse:not-found,
                     Publish=throttle:0.2, Get=delay:500, Subscribe=end-stream:3; may be given several times. A fault is
                     OPERATION=KIND[:MS][:STATUS][:MESSAGES][:SHARE]; MS is how long to delay, or how late to apply;
                     SHARE, as 0.2, is the part of the calls; KIND is one of
                     ${FAULT_KINDS.join(', ')}
  --help             print this text

It ends on SIGINT (Ctrl-C) and SIGTERM.`;

/** A mistake in the command line, or a port that is not available: a message of one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Options extends MomentoOptions {
  help: boolean;
  printPort: boolean;
  /** As `parseFault` reads them; that needs the operations of a Momento that runs. */
  faultFlags: string[];
}

/**
 * Starts what the arguments ask for; `text` is for the terminal. With `--help` nothing starts.
 * @throws UsageError
 */
export async function runCommand(args: string[]): Promise<{ text: string; momento?: Momento }> {
  const { help, printPort, faultFlags, ...options } = readOptions(args);
  if (help) return { text: HELP };
  const momento = await start(options);
  try {
    const { operations } = momento;
    momento.setFaults(firstOf(faultFlags.map((flag) => parseFault(flag, { operations }))));
  } catch (error) {
    await momento.close();
    throw error instanceof InvalidFault ? new UsageError(error.message) : error;
  }
  return { text: printPort ? String(momento.port) : greeting(momento, options), momento };
}

function readOptions(args: string[]): Options {
  const given = parse(args);
  return {
    help: given.help,
    printPort: given['print-port'],
    faultFlags: given.fault,
    port: portIn('--port', given.port),
    adminPort: given['admin-port'] === undefined ? undefined : portIn('--admin-port', given['admin-port']),
    host: given.host,
    caches: [...new Set(given.cache)],
    apiKeys: given['api-key'].map((key) => (key === 'new' ? makeLegacyKey() : key)),
    heartbeatMs: countIn('--heartbeat', given.heartbeat),
    historyPerTopic: countIn('--history', given.history),
    maxTtlSeconds: countIn('--max-ttl', given['max-ttl']),
    deliveriesPerSecond: countIn('--webhook-rate', given['webhook-rate']),
  };
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8080' },
        'admin-port': { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        'print-port': { type: 'boolean', default: false },
        cache: { type: 'string', multiple: true, default: [] },
        'api-key': { type: 'string', multiple: true, default: [] },
        heartbeat: { type: 'string' },
        history: { type: 'string' },
        'max-ttl': { type: 'string' },
        'webhook-rate': { type: 'string' },
        fault: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function portIn(flag: string, value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`${flag} must be a number from 0 to 65535, not "${value}"`);
}

function countIn(flag: string, value: string | undefined): number | undefined {
  if (value === undefined || /^[1-9]\d{0,8}$/.test(value))
    return value === undefined ? undefined : Number(value);
  throw new UsageError(`${flag} must be a whole number from 1 on, not "${value}"`);
}

async function start(options: MomentoOptions): Promise<Momento> {
  try {
    return await startMomento(options);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const port = 'port' in error ? error.port : options.port;
    const flag = port === options.adminPort ? '--admin-port' : '--port';
    if (error.code === 'EADDRINUSE')
      throw new UsageError(`port ${port} is in use; choose another with ${flag}`);
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
      throw new UsageError(`--host ${options.host} is no address of this machine`);
    }
    if (error.code === 'EACCES')
      throw new UsageError(`port ${port} needs privileges; choose another with ${flag}`);
    throw error;
  }
}
