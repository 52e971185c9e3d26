// A container as a process of this machine: its own code, arguments and environment, and nothing of this process.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compiled } from '../compiled';

export interface ContainerOptions {
  /** The code that Node.js runs. Not a path: the file may have changed when a container is started again. */
  readonly code: string;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** An open file that holds how many milliseconds its dates are ahead of this machine's; without it, none. */
  readonly clock?: number;
  /** Called with each line that it writes. */
  readonly onLog: (line: string) => void;
}

let source: string | undefined;

function clockUrl(): string {
  source ??= compiled(join(__dirname, 'clock.ts'), 'esm');
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

export class Container {
  readonly #process: ChildProcess;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor({ code, args = [], environment, clock, onLog }: ContainerOptions) {
    const clocked = clock === undefined ? [] : ['--import', clockUrl()];
    const started = spawn(process.execPath, [...clocked, '-', ...args], {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe', clock],
    });
    started.stdin?.on('error', () => {}); // it ended before it had read everything
    started.stdin?.end(code);
    this.#process = started;
    this.ended = once(started, 'exit').then(([code, signal]) => code ?? signal);
    for (const stream of [started.stdout, started.stderr])
      if (stream) createInterface(stream).on('line', onLog);
    process.once('exit', this.#killNow);
    started.once('exit', () => process.off('exit', this.#killNow));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Stops its whole process (SIGSTOP). */
  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }

  /** Stops it as ECS does, by SIGTERM: it may take some time. */
  async stop(): Promise<number | NodeJS.Signals> {
    this.#process.kill('SIGTERM');
    this.thaw();
    return this.ended;
  }

  /** Kills it at once. */
  async kill(): Promise<void> {
    this.#killNow();
    await this.ended;
  }

  readonly #killNow = () => this.#process.kill('SIGKILL');
}
