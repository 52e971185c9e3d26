// A container as a process of this machine: its file, its command, its environment and nothing of ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ContainerOptions {
  /** What Node.js runs, and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Each line that it writes. */
  readonly onLog: (line: string) => void;
}

export class Container {
  readonly #process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor({ command, environment, onLog }: ContainerOptions) {
    const started = spawn(process.execPath, command, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
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
