// What the commands of the documentation need: a copy of the project in which `npm start` runs, and a shell that has the
// variables that it prints.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { evaluateProgram } from '../../local/program';
import { copyProgram } from '../copy';
import { PROJECT } from './pages';

export interface Ran {
  readonly status: number;
  /** Both streams, in the order in which they came. */
  readonly printed: string;
}

export class LocalStack {
  private constructor(
    readonly folder: string,
    readonly outputs: Readonly<Record<string, string>>,
    private readonly child: ChildProcess,
    private readonly exported: string,
  ) {}

  static async start(): Promise<LocalStack> {
    const folder = copyProgram('.bundles', 'local', 'verify');
    ownCache(folder);
    const child = spawn(
      process.execPath,
      ['-r', './infra/read-typescript.cjs', 'local/cli.ts', '--port', '0'],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const printed = await until(child, /Ctrl-C ends it/);
    const { outputs } = await evaluateProgram({ secrets: { momentoApiKey: makeLegacyKey() } });
    const urls = { webhookUrl: 'webhook', publisherUrl: 'publisher', tokensUrl: 'token service' };
    const local = Object.entries({
      ...urls,
      redriveQueueUrl: 'redrive queue',
      deadLetterQueueUrl: 'dead-letter queue',
    });
    const addresses = local.map(([name, label]) => [
      name,
      new RegExp(`^ {2}${label} +(http:\\S+)$`, 'm').exec(printed)?.[1] ?? '',
    ]);
    const all = Object.entries(outputs).map(([name, value]) => [name, String(value)]);
    const known = Object.fromEntries([...all, ...addresses]);
    const [exported = ''] = /^ *export AWS_ENDPOINT_URL=.*$/m.exec(printed) ?? [];
    standIns(path.join(folder, 'bin'), known);
    return new LocalStack(folder, known, child, exported);
  }

  /** Runs commands as they stand, after what `npm start` says to paste; it stops at the first that fails. */
  run(commands: string): Promise<Ran> {
    // A pipe for its output, as in a terminal's shell: what Node.js makes cannot be opened as /dev/stdout.
    const script = `(\n${this.exported}\n${commands}\n) 2>&1 | cat`;
    const env = {
      PATH: [path.join(this.folder, 'bin'), process.env.PATH].join(path.delimiter),
      HOME: this.folder,
      AWS_PAGER: '',
    };
    return new Promise((resolve) => {
      execFile('bash', ['-euo', 'pipefail', '-c', script], { cwd: this.folder, env }, (error, stdout) =>
        resolve({ status: error ? Number(error.code ?? 1) : 0, printed: stdout }),
      );
    });
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGINT');
      await once(this.child, 'exit');
    }
    rmSync(this.folder, { recursive: true });
  }
}

/** The AWS CLI and curl are of this machine: a block that calls one that is not here cannot run. */
export function isMissing(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0;
}

/** Its packages are the project's, but what `npm start` notes there about itself is its own. */
function ownCache(folder: string): void {
  const packages = path.join(folder, 'node_modules');
  unlinkSync(packages);
  mkdirSync(packages);
  for (const name of readdirSync(path.join(PROJECT, 'node_modules'))) {
    if (name !== '.cache') symlinkSync(path.join(PROJECT, 'node_modules', name), path.join(packages, name));
  }
}

/** `pulumi`, as far as it prints outputs; and version 1 of the AWS CLI, which asks SQS elsewhere whatever AWS_ENDPOINT_URL says. */
function standIns(bin: string, outputs: Record<string, string>): void {
  mkdirSync(bin);
  const cases = Object.entries(outputs).map(([name, value]) => `'stack output ${name}') echo '${value}' ;;`);
  const scripts: Record<string, string> = {
    pulumi: `case "$*" in\n${cases.join('\n')}\n*) echo "no output: $*" >&2; exit 255 ;;\nesac`,
  };
  const version = spawnSync('aws', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  if (version.startsWith('aws-cli/1.')) {
    const [real = ''] = spawnSync('sh', ['-c', 'command -v aws'], { encoding: 'utf8' }).stdout.split('\n');
    scripts.aws = `exec '${real}' --endpoint-url "$AWS_ENDPOINT_URL" "$@"`;
  }
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
}

function until(child: ChildProcess, pattern: RegExp): Promise<string> {
  let seen = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`npm start ended:\n${seen}`)));
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      seen += part;
      if (pattern.test(seen)) resolve(seen);
    });
  });
}
