// The Pulumi CLI on one stack. The Automation API needs the CLI as well, and passes secrets on the command line, where
// every user of the machine can see them.
import { type ChildProcess, spawn } from 'node:child_process';
import * as v from 'valibot';
import { UsageError } from '../local/commands/flags';
import { ClaimFailed, Interrupted } from './errors';

/** A resource of the stack. `id` is AWS's: a name, a URL or an ARN. */
export interface Deployed {
  readonly type: string;
  /** The name in the program. */
  readonly name: string;
  readonly id: string;
}

/** `pulumi up` or `destroy` succeeded. */
export interface Update {
  /** The number of changed resources, by operation. */
  readonly changes: Readonly<Record<string, number>>;
}

/** `pulumi up` or `destroy` failed. */
export class UpdateFailed extends ClaimFailed {}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PulumiOptions {
  readonly folder: string;
  readonly stack: string;
  readonly say: (line: string) => void;
  /** Ends every command but `destroy` and what follows it. */
  readonly signal: AbortSignal;
}

/** The engine's events, one JSON object per line (https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/, `--json`). */
const event = v.object({
  diagnosticEvent: v.optional(v.object({ severity: v.string(), message: v.string() })),
  resourcePreEvent: v.optional(v.object({ metadata: v.object({ op: v.string(), urn: v.string() }) })),
  summaryEvent: v.optional(v.object({ resourceChanges: v.record(v.string(), v.number()) })),
});

const exported = v.object({
  deployment: v.object({
    resources: v.optional(
      v.array(v.object({ urn: v.string(), type: v.string(), id: v.optional(v.string()) })),
      [],
    ),
  }),
});

const SAY_EVERY_MS = 20_000;
const WHY_AT_MOST = 600;

export class Pulumi {
  constructor(private readonly options: PulumiOptions) {}

  /** Makes the stack. Throws UsageError if a stack of this name exists, or if none can be made. */
  async init(): Promise<void> {
    const ran = await this.#run(['stack', 'init', this.options.stack]);
    if (ran.status !== 0)
      throw new UsageError(`pulumi stack init ${this.options.stack}: ${ran.stderr.trim()}`);
  }

  /** Passes the value on standard input, which keeps secrets off the command line. */
  async set(key: string, value: string, { secret = false } = {}): Promise<void> {
    await this.#succeed(['config', 'set', ...(secret ? ['--secret'] : []), key, ...this.#named], value);
  }

  up(): Promise<Update> {
    return this.#update(['up', '--yes', '--skip-preview', '--json', ...this.#named]);
  }

  destroy(): Promise<Update> {
    return this.#update(['destroy', '--yes', '--skip-preview', '--json', ...this.#named], { toTheEnd: true });
  }

  async remove(): Promise<void> {
    await this.#succeed(['stack', 'rm', '--yes', ...this.#named], '', { toTheEnd: true });
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await this.#succeed(['stack', 'output', '--json', ...this.#named]);
    return v.parse(v.record(v.string(), v.unknown()), JSON.parse(stdout));
  }

  async resources(): Promise<readonly Deployed[]> {
    const { stdout } = await this.#succeed(['stack', 'export', ...this.#named]);
    const { deployment } = v.parse(exported, JSON.parse(stdout));
    return deployment.resources.flatMap(({ urn, type, id }) =>
      id === undefined ? [] : [{ type, name: urn.split('::').at(-1) ?? '', id }],
    );
  }

  get #named(): string[] {
    return ['--stack', this.options.stack];
  }

  async #update(args: readonly string[], { toTheEnd = false } = {}): Promise<Update> {
    const [what] = args;
    const start = Date.now();
    let last = 'the program';
    let pending = '';
    const follow = (chunk: string) => {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      last =
        eventsOf(lines).findLast((each) => each.resourcePreEvent)?.resourcePreEvent?.metadata.urn ?? last;
    };
    const timer = setInterval(() => {
      const seconds = Math.round((Date.now() - start) / 1000);
      this.options.say(
        `pulumi ${what} has run for ${seconds} s; latest: ${last.split('::').slice(-2).join(' ')}`,
      );
    }, SAY_EVERY_MS);
    const ran = await this.#run(args, { toTheEnd, follow }).finally(() => clearInterval(timer));
    const events = eventsOf(ran.stdout.split('\n'));
    if (ran.status !== 0) throw new UpdateFailed(`pulumi ${what} failed: ${whyOf(events, ran.stderr)}`);
    const changes = events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges;
    if (!changes) throw new Error(`pulumi ${what} reported no changes`);
    return { changes: Object.fromEntries(Object.entries(changes).filter(([op]) => op !== 'same')) };
  }

  async #succeed(args: readonly string[], input = '', { toTheEnd = false } = {}): Promise<Ran> {
    const ran = await this.#run(args, { input, toTheEnd });
    if (ran.status === 0) return ran;
    throw new Error(`pulumi ${args.join(' ')}: ${ran.stderr.trim()}`);
  }

  #run(
    args: readonly string[],
    { input = '', toTheEnd = false, follow = (_chunk: string) => {} } = {},
  ): Promise<Ran> {
    const { folder, signal } = this.options;
    return new Promise((done, reject) => {
      if (signal.aborted && !toTheEnd) return reject(new Interrupted('interrupted'));
      // In its own process group: Ctrl-C reaches only this process, which decides what ends.
      const child = spawn('pulumi', ['--non-interactive', ...args], { cwd: folder, detached: true });
      const interrupt = () => interruptGroup(child);
      if (!toTheEnd) signal.addEventListener('abort', interrupt, { once: true });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
        follow(chunk);
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        stderr += chunk;
      });
      child.on('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? new UsageError('pulumi is not on the PATH') : error),
      );
      child.on('close', (status) => {
        signal.removeEventListener('abort', interrupt);
        if (signal.aborted && !toTheEnd) reject(new Interrupted('interrupted'));
        else done({ status, stdout, stderr });
      });
      child.stdin.on('error', () => {}); // it ended without reading; its exit status tells why
      child.stdin.end(input);
    });
  }
}

/** The engine stops at a point from which it can continue later. */
function interruptGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGINT');
  } catch {
    // it has already ended
  }
}

function eventsOf(lines: readonly string[]): v.InferOutput<typeof event>[] {
  return lines
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      const parsed = v.safeParse(event, parseJson(line));
      return parsed.success ? [parsed.output] : [];
    });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // not an event
  }
}

/** The first error of a resource, on one line. The engine's last error only says that there were errors. */
function whyOf(events: readonly v.InferOutput<typeof event>[], stderr: string): string {
  const [error] = events.flatMap(({ diagnosticEvent: told }) =>
    told?.severity === 'error' && told.message.trim() !== '' ? [told.message] : [],
  );
  return (error ?? stderr)
    .replace(/<\{%[^%]*%\}>/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, WHY_AT_MOST);
}
