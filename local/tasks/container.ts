// A container as a process of this machine: its code, its arguments, its environment and nothing of ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ContainerOptions {
  /** What Node.js runs. A file may have become another by the time that a container is started again. */
  readonly code: string;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Each line that it writes. */
  readonly onLog: (line: string) => void;
}

export class Container {
  readonly #process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor({ code, args = [], environment, onLog }: ContainerOptions) {
    const started = spawn(process.execPath, ['-', ...args], { env: environment, stdio: 'pipe' });
    started.stdin.on('error', () => {}); // it ended before it had read all
    started.stdin.end(code);
    this.#process = started;
    this.ended = once(started, 'exit').then(([code, signal]) => code ?? signal);
    for (const stream of [started.stdout, started.stderr]) createInterface(stream).on('line', onLog);
    process.once('exit', this.#killNow);
    started.once('exit', () => process.off('exit', this.#killNow));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** As ECS stops a container: SIGTERM, which it may take its time to follow. */
  async stop(): Promise<number | NodeJS.Signals> {
    this.#process.kill('SIGTERM');
    return this.ended;
  }

  /** At once, without a word. */
  async kill(): Promise<void> {
    this.#killNow();
    await this.ended;
  }

  readonly #killNow = () => this.#process.kill('SIGKILL');
}
