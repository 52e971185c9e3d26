// Drives the Pulumi CLI on a copy of the project, with its own state: no stack and no file of the project changes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '../..');
/** Not copied: packages are linked, and the rest is not part of the program. */
const LEFT_OUT = new Set(['node_modules', '.git', '.bundles', '.local', '.env']);

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
  /** The number of resources per operation, such as `{ create: 22 }`. */
  readonly changes: Record<string, number>;
  /** The operations other than `same`. */
  readonly steps: readonly Step[];
  /** What the program and the engine told the user, warnings and errors. */
  readonly diagnostics: readonly Diagnostic[];
  /** All that the CLI printed. */
  readonly printed: string;
}

export class ProjectCopy {
  /** The folder of everything that is made here. */
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'momento-webhooks-engine-')));
  /** The program's. */
  readonly folder = path.join(this.root, 'project');
  /** The folder in which the engine keeps the stacks. */
  readonly backend = path.join(this.root, 'backend');
  /** The CLI's own environment variables; the others are this process's. */
  readonly environment: Record<string, string> = {
    PULUMI_BACKEND_URL: `file://${this.backend}`,
    PULUMI_CONFIG_PASSPHRASE: 'of the tests',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };

  constructor() {
    mkdirSync(this.backend);
    copyProject(this.folder);
    symlinkSync(path.join(PROJECT, 'node_modules'), path.join(this.folder, 'node_modules'));
  }

  /** The same project with the same stacks in another folder, with newly installed packages. */
  async moveElsewhere(): Promise<string> {
    const folder = path.join(this.root, 'elsewhere', 'the same project');
    copyProject(folder);
    for (const file of readdirSync(this.folder).filter((name) => /^Pulumi\..+\.yaml$/.test(name))) {
      cpSync(path.join(this.folder, file), path.join(folder, file));
    }
    succeeded(await run('npm', ['ci', '--prefer-offline'], folder, process.env));
    return folder;
  }

  /** A new stack. */
  async stack(name: string): Promise<Stack> {
    succeeded(await this.pulumi(['stack', 'init', name]));
    return new Stack(this, name);
  }

  /** Runs the CLI; `input` is typed, or pasted, at its prompt. */
  pulumi(args: readonly string[], input = '', folder = this.folder): Promise<Ran> {
    return run(
      'pulumi',
      ['--non-interactive', ...args],
      folder,
      { ...process.env, ...this.environment },
      input,
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The project as git has it, without its packages. */
export function copyProject(to: string): void {
  cpSync(PROJECT, to, { recursive: true, filter: (file) => !LEFT_OUT.has(path.relative(PROJECT, file)) });
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  input = '',
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.end(input);
  });
}

export class Stack {
  constructor(
    readonly project: ProjectCopy,
    readonly name: string,
    /** The folder of its program. */
    readonly folder = project.folder,
  ) {}

  async set(key: string, value: string): Promise<void> {
    succeeded(await this.#run('config', 'set', key, value));
  }

  /** As in the program's message: the value comes from the prompt, not from the command line. */
  async setSecret(key: string, value: string): Promise<void> {
    const args = ['config', 'set', '--secret', key, '--stack', this.name];
    succeeded(await this.project.pulumi(args, value, this.folder));
  }

  async unset(key: string): Promise<void> {
    succeeded(await this.#run('config', 'rm', key));
  }

  /** Throws if it fails. */
  async up(folder = this.folder): Promise<Update> {
    const ran = await this.tryUp(folder);
    return update(succeeded(ran));
  }

  /** The same, but it may fail. */
  tryUp(folder = this.folder): Promise<Ran> {
    const args = ['up', '--yes', '--skip-preview', '--json', '--stack', this.name];
    return this.project.pulumi(args, '', folder);
  }

  /** The same in the form for people, with all details of the CLI; the engine's events go into a file. */
  async upInDetail(eventLog: string): Promise<string> {
    this.project.environment.PULUMI_DEBUG_COMMANDS = 'true'; // without this there is no `--event-log`
    const shown = ['--debug', '--diff', '--show-config', '--show-sames', '--event-log', eventLog];
    const { stdout, stderr } = succeeded(await this.#run('up', '--yes', ...shown));
    return stdout + stderr;
  }

  async preview(): Promise<Ran> {
    return this.#run('preview', '--json');
  }

  async refresh(): Promise<Ran> {
    return succeeded(await this.#run('refresh', '--yes', '--skip-preview'));
  }

  async destroy(): Promise<Update> {
    return update(succeeded(await this.#run('destroy', '--yes', '--skip-preview', '--json')));
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(succeeded(await this.#run('stack', 'output', '--json')).stdout);
  }

  /** The state, with its secrets encrypted. */
  async exported(): Promise<string> {
    return succeeded(await this.#run('stack', 'export')).stdout;
  }

  #run(...args: readonly string[]): Promise<Ran> {
    return this.project.pulumi([...args, '--stack', this.name], '', this.folder);
  }
}

/** The contents of all files in a folder, as one text. */
export function allFiles(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

/** The result if it succeeded, or an error with all its output. */
export function succeeded(ran: Ran): Ran {
  assert.equal(ran.status, 0, `pulumi failed:\n${ran.stdout.slice(-10_000)}\n${ran.stderr.slice(-10_000)}`);
  return ran;
}

/** What is told to be wrong, of what `up --json` printed, which is an event a line, or `preview --json`, a document. */
export function errors({ stdout }: Ran): string[] {
  const told: Diagnostic[] = stdout.startsWith('{\n')
    ? JSON.parse(stdout).diagnostics
    : events(stdout).flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []);
  return told.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

interface Diagnostic {
  readonly severity: string;
  readonly message: string;
}

/** The engine's events, one JSON object per line (https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/, `--json`). */
interface EngineEvent {
  readonly diagnosticEvent?: Diagnostic;
  readonly resourcePreEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
  readonly summaryEvent?: { readonly resourceChanges: Record<string, number> };
}

export function update({ stdout, stderr }: Ran): Update {
  const all = events(stdout);
  const summary = all.find((event) => event.summaryEvent)?.summaryEvent;
  assert(summary, 'the engine sums up what it did');
  return {
    changes: summary.resourceChanges,
    steps: all
      .flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? [])
      .filter(({ op }) => op !== 'same')
      .map(({ op, type, urn }) => ({ op, type, name: urn.split('::').at(-1) ?? '' })),
    diagnostics: all.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []),
    printed: stdout + stderr,
  };
}

function events(stdout: string): EngineEvent[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
