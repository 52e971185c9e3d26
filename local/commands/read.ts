// `npm run read -- --course 123`: prints a course's comments, newest first.
import { resolve } from 'node:path';
import { type Access, type Entry, loadApplication } from '../application';
import { parseFlags, parsePort, UsageError } from './flags';
import { accessFromEnvironment } from './momento-access';
import { accessTo, chooseRunning } from './running';
import { printable } from './terminal';

const PROJECT = resolve(__dirname, '../..');

const USAGE = `Usage: npm run read -- --course ID [--limit N] [--port PORT | --cache NAME]

Prints the comments of a course, newest first: from the local stack that "npm start" runs, or from Momento if
MOMENTO_API_KEY is set.

  --course ID    the course, as given to the publisher
  --limit N      the most comments to print, 1 to 10,000; default 100
  --port PORT    the port of the local stack, if several run or MOMENTO_API_KEY is set
  --cache NAME   a cache in Momento, with MOMENTO_API_KEY; default course-comments-dev

  MOMENTO_API_KEY    an API key that may read the cache
  MOMENTO_ENDPOINT   the endpoint of the key's region; only for a v2 key`;

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2), {
    course: { type: 'string' },
    limit: { type: 'string', default: '100' },
    port: { type: 'string' },
    cache: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (flags.help) return console.log(USAGE);
  const { course } = flags;
  if (!course)
    throw new UsageError('--course is missing: the course whose comments to read, e.g. --course 123');
  const limit = Number(flags.limit);
  if (!/^\d+$/.test(flags.limit) || limit < 1 || limit > 10_000) {
    throw new UsageError(`--limit is ${JSON.stringify(flags.limit)}; allowed: 1 to 10000`);
  }
  if (flags.cache !== undefined && flags.port !== undefined) {
    throw new UsageError('--port reads from the local stack, --cache from Momento: give one of them');
  }
  const isInMomento =
    flags.cache !== undefined || (flags.port === undefined && Boolean(process.env.MOMENTO_API_KEY));
  const source = isInMomento ? fromMomento(flags) : fromStack(flags);
  const application = loadApplication(PROJECT, source.application);
  const entries = await application.read(course, source.access, limit);
  if (entries.length === 0) console.log(`${application.placeName} ${course} is empty`);
  for (const entry of entries) console.log(line(entry));
}

interface Source {
  readonly application?: string;
  readonly access: Access;
}

function fromMomento({ cache = 'course-comments-dev' }: { cache?: string }): Source {
  const credentials = () =>
    Promise.reject(new UsageError('MOMENTO_API_KEY reads from Momento, not from AWS'));
  const access = {
    credentialProvider: accessFromEnvironment(),
    cacheName: cache,
    region: '',
    credentials,
    outputs: {},
  };
  return { access };
}

function fromStack(flags: { port?: string }): Source {
  const stack = chooseRunning(
    flags.port === undefined ? undefined : parsePort(flags.port),
    ', or set MOMENTO_API_KEY',
  );
  return { application: stack.application, access: accessTo(stack) };
}

/** Quotes users' texts, so that the end of each is clear. */
function line({ at, userID, text }: Entry): string {
  return printable(`${at.toISOString()}  ${JSON.stringify(userID)}  ${JSON.stringify(text)}`);
}

main().then(
  () => process.exit(0), // Momento's SDK may keep a connection
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
