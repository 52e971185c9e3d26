// A container as a process of this machine: its code, its arguments, its environment and nothing of ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compiled } from '../compiled';

export interface ContainerOptions {
  /** What Node.js runs. A file may have become another by the time that a container is started again. */
  readonly code: string;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** An open file that holds how many milliseconds its dates are ahead of this machine's; without it, none. */
  readonly clock?: number;
  /** Each line that it writes. */
  readonly onLog: (line: string) => void;
}

let source: string | undefined;

function clockUrl(): string {
  source ??= compiled(join(__dirname, 'clock.ts'), 'esm');
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

export class Container {
  readonly #process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor({ code, args = [], environment, clock, onLog }: ContainerOptions) {
    const clocked = clock === undefined ? [] : ['--import', clockUrl()];
    const started = spawn(process.execPath, [...clocked, '-', ...args], {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe', clock],
    });
    started.stdin?.on('error', () => {}); // it ended before it had read all
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

  /** Its whole process stands still (SIGSTOP). */
  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }

  /** As ECS stops a container: SIGTERM, which it may take its time to follow. */
  async stop(): Promise<number | NodeJS.Signals> {
    this.#process.kill('SIGTERM');
    this.thaw();
    return this.ended;
  }

  /** At once, without a word. */
  async kill(): Promise<void> {
    this.#killNow();
    await this.ended;
  }

  readonly #killNow = () => this.#process.kill('SIGKILL');
}
