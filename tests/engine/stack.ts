// Drives the Pulumi CLI on a copy of the project, with a state of its own: no stack and no file of the project is touched.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '../..');
/** Neither copied: packages are linked, and the rest is not of the program. */
const LEFT_OUT = new Set(['node_modules', '.git', '.bundles']);

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Step {
  readonly op: string;
  readonly type: string;
  /** The logical name. */
  readonly name: string;
}

export interface Update {
  /** How many resources, by what was done to them, such as `{ create: 22 }`. */
  readonly changes: Record<string, number>;
  /** What was done, but for `same`. */
  readonly steps: readonly Step[];
  /** What the program and the engine told the user, warnings and errors. */
  readonly diagnostics: readonly { readonly severity: string; readonly message: string }[];
  /** All that the CLI printed. */
  readonly printed: string;
}

export class ProjectCopy {
  readonly #root = realpathSync(mkdtempSync(path.join(tmpdir(), 'momento-webhooks-engine-')));
  /** The program's. */
  readonly folder = path.join(this.#root, 'project');
  /** Where the engine keeps the stacks. */
  readonly backend = path.join(this.#root, 'backend');

  constructor() {
    mkdirSync(this.backend);
    cpSync(PROJECT, this.folder, {
      recursive: true,
      filter: (file) => !LEFT_OUT.has(path.relative(PROJECT, file)),
    });
    symlinkSync(path.join(PROJECT, 'node_modules'), path.join(this.folder, 'node_modules'));
  }

  /** A new stack. */
  async stack(name: string): Promise<Stack> {
    succeeded(await this.pulumi(['stack', 'init', name]));
    return new Stack(this, name);
  }

  /** Runs the CLI; `input` is what is typed, or pasted, at its prompt. */
  pulumi(args: readonly string[], input = '', folder = this.folder): Promise<Ran> {
    const env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: 'of the tests',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
    };
    return new Promise((resolve, reject) => {
      const cli = spawn('pulumi', ['--non-interactive', ...args], { cwd: folder, env });
      let stdout = '';
      let stderr = '';
      cli.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
      });
      cli.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        stderr += chunk;
      });
      cli.on('error', reject);
      cli.on('close', (status) => resolve({ status, stdout, stderr }));
      cli.stdin.end(input);
    });
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

export class Stack {
  constructor(
    readonly project: ProjectCopy,
    readonly name: string,
  ) {}

  async set(key: string, value: string): Promise<void> {
    succeeded(await this.#run('config', 'set', key, value));
  }

  /** As the program's message says: the value comes from the prompt, not from the command line. */
  async setSecret(key: string, value: string): Promise<void> {
    succeeded(await this.project.pulumi(['config', 'set', '--secret', key, '--stack', this.name], value));
  }

  /** Throws where it fails. */
  async up(folder = this.project.folder): Promise<Update> {
    const ran = await this.tryUp(folder);
    return update(succeeded(ran));
  }

  /** The same without expecting that it succeeds. */
  tryUp(folder = this.project.folder): Promise<Ran> {
    const args = ['up', '--yes', '--skip-preview', '--json', '--stack', this.name];
    return this.project.pulumi(args, '', folder);
  }

  async preview(): Promise<Ran> {
    return this.#run('preview', '--json');
  }

  async destroy(): Promise<Update> {
    return update(succeeded(await this.#run('destroy', '--yes', '--skip-preview', '--json')));
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(succeeded(await this.#run('stack', 'output', '--json')).stdout);
  }

  /** The state, with secrets as they are kept: encrypted. */
  async exported(): Promise<string> {
    return succeeded(await this.#run('stack', 'export')).stdout;
  }

  #run(...args: readonly string[]): Promise<Ran> {
    return this.project.pulumi([...args, '--stack', this.name]);
  }
}

/** What ran, if it succeeded; else an error with all that it printed. */
export function succeeded(ran: Ran): Ran {
  assert.equal(ran.status, 0, `pulumi failed:\n${ran.stdout.slice(-10_000)}\n${ran.stderr.slice(-10_000)}`);
  return ran;
}

/** The engine's events, one JSON object a line (https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/, `--json`). */
interface EngineEvent {
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
  readonly resourcePreEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
  readonly summaryEvent?: { readonly resourceChanges: Record<string, number> };
}

export function update({ stdout, stderr }: Ran): Update {
  const events: EngineEvent[] = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const summary = events.find((event) => event.summaryEvent)?.summaryEvent;
  assert(summary, 'the engine sums up what it did');
  return {
    changes: summary.resourceChanges,
    steps: events
      .flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? [])
      .filter(({ op }) => op !== 'same')
      .map(({ op, type, urn }) => ({ op, type, name: urn.split('::').at(-1) ?? '' })),
    diagnostics: events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []),
    printed: stdout + stderr,
  };
}
