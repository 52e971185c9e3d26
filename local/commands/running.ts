// Tells other commands on this machine where the local stack of this project runs: in a file that only its user can read,
// and that is removed when the stack ends.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';
import type { Access } from '../application';
import { UsageError } from './flags';
import { ignoreProxies } from './proxies';

const FOLDER = resolve(__dirname, '../..', 'node_modules', '.cache', 'momento-webhooks');

const running = v.object({
  pid: v.number(),
  /** the page's, the first of its ports */
  port: v.number(),
  momentoUrl: v.string(),
  apiKey: v.string(),
  /** The folder of its application, and the application's outputs. */
  application: v.string(),
  applicationOutputs: v.record(v.string(), v.string()),
  awsUrl: v.string(),
  cacheName: v.string(),
  publisherUrl: v.string(),
  region: v.string(),
  /** The service for which calls of the publisher are signed. */
  signingName: v.picklist(['lambda', 'execute-api']),
  /** The local user's, who may call the publisher. */
  credentials: v.object({ accessKeyId: v.string(), secretAccessKey: v.string() }),
  /** For a user's own backend and frontend. */
  environment: v.record(v.string(), v.string()),
});

export type Running = v.InferOutput<typeof running>;

/** The access of another command to a running stack. */
export function accessTo(stack: Running): Access {
  ignoreProxies();
  return {
    credentialProvider: apiKeyCredentials(stack.apiKey, { local: localMomento(stack.momentoUrl) }),
    cacheName: stack.cacheName,
    region: stack.region,
    credentials: async () => stack.credentials,
    awsUrl: stack.awsUrl,
    outputs: stack.applicationOutputs,
  };
}

/** Makes this stack known to other commands until this process ends. */
export function announce(stack: Omit<Running, 'pid'>): void {
  const file = join(FOLDER, `${stack.port}.json`);
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify({ ...stack, pid: process.pid }), { mode: 0o600 });
  process.once('exit', () => rmSync(file, { force: true }));
}

/** The stacks of this project that run now. */
export function findRunning(): Running[] {
  let names: string[];
  try {
    names = readdirSync(FOLDER);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const parsed = v.safeParse(running, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
      return parsed.success && isAlive(parsed.output.pid) ? [parsed.output] : [];
    } catch {
      return []; // it has just ended
    }
  });
}

/** The stack on this port, or the only one. Throws UsageError. */
export function chooseRunning(port: number | undefined, otherwise = ''): Running {
  const stacks = findRunning().filter((one) => port === undefined || one.port === port);
  const [stack, another] = stacks;
  if (!stack) {
    const where = port === undefined ? '' : ` on port ${port}`;
    throw new UsageError(
      `no local stack of this project runs${where}: start it with "npm start"${otherwise}`,
    );
  }
  if (another) {
    throw new UsageError(
      `several local stacks run: choose one with --port ${stacks.map((one) => one.port).join(' or ')}`,
    );
  }
  return stack;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
