// Keeps the declared tasks running, as ECS does: it replaces a task that ends, and starts a new version before it stops
// the old one.
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connections } from 'local-momento';
import { REGION } from '../account';
import type { Clock } from '../clock';
import type { DeclaredRole } from '../declared';
import type { Identities } from '../identities';
import { Container } from './container';
import { TaskCredentials } from './credentials';
import type { DeclaredTask } from './declared';

const RESTART_AFTER_MS = 100;
/** A task that does not work by then has failed. */
const WORKS_WITHIN_MS = 30_000;

export interface TaskHostOptions {
  readonly identities: Identities;
  readonly clock: Clock;
  /** The variables that only a local task gets: the addresses of its AWS and its Momento. */
  readonly local: Readonly<Record<string, string>>;
  readonly onLog: (log: { function: string; line: string }) => void;
  /** Resolves when the starting task works. */
  readonly ready: () => Promise<void>;
}

interface Running {
  readonly declared: DeclaredTask;
  container: Container;
  isWanted: boolean;
  /** The last line that it wrote. */
  lastLine: string;
}

export class TaskHost {
  readonly #running = new Map<string, Running>();
  readonly #credentials = new Map<string, TaskCredentials>();

  /** The file from which containers read the clock. */
  readonly #clockFile: number;

  constructor(private readonly options: TaskHostOptions) {
    const file = join(tmpdir(), `momento-webhooks-clock-${randomUUID()}`);
    this.#clockFile = openSync(file, 'wx+');
    rmSync(file);
    this.#tellTime();
    options.clock.onAdvance(() => this.#tellTime());
  }

  /** Returns the names of the tasks that it started. Rejects if one cannot be started. */
  async apply(tasks: readonly DeclaredTask[], roles: readonly DeclaredRole[]): Promise<string[]> {
    this.options.identities.assumeTasks(tasks, roles);
    const changed = tasks.filter(
      (task) => JSON.stringify(this.#running.get(task.name)?.declared) !== JSON.stringify(task),
    );
    const gone = [...this.#running.values()].filter(
      ({ declared }) => !tasks.some(({ name }) => name === declared.name),
    );
    await Promise.all(gone.map((one) => this.#stop(one)));
    for (const { declared } of gone) this.#running.delete(declared.name);
    for (const task of changed) await this.#replace(task);
    return changed.map(({ name }) => name);
  }

  /** Whether a task of this name is declared. */
  has(name: string): boolean {
    return this.#running.has(name);
  }

  /** Kills a task at once (SIGKILL); a new one replaces it. Resolves when the new one works. */
  async kill(name: string): Promise<void> {
    const running = this.#find(name);
    const works = this.options.ready();
    await running.container.kill();
    await works;
  }

  /** Freezes a task's process (SIGSTOP) until it is thawed or stopped. */
  freeze(name: string): void {
    this.#find(name).container.freeze();
  }

  thaw(name: string): void {
    this.#find(name).container.thaw();
  }

  /** The connections over which tasks get their credentials. */
  get connections(): Connections[] {
    return [...this.#credentials.values()].map(({ connections }) => connections);
  }

  async close(): Promise<void> {
    for (const running of this.#running.values()) running.isWanted = false;
    await Promise.all([...this.#running.values()].map(({ container }) => container.kill()));
    await Promise.all([...this.#credentials.values()].map((one) => one.close()));
    closeSync(this.#clockFile);
  }

  #find(name: string): Running {
    const running = this.#running.get(name);
    if (!running) throw new Error(`no task ${name} is running`);
    return running;
  }

  #tellTime(): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(this.options.clock.aheadMs);
    writeSync(this.#clockFile, bytes, 0, 8, 0);
  }

  async #replace(declared: DeclaredTask): Promise<void> {
    const before = this.#running.get(declared.name);
    const works = this.options.ready();
    const running = await this.#start(declared);
    try {
      await working(running, works);
    } catch (error) {
      await running.container.kill();
      throw error;
    }
    this.#running.set(declared.name, running);
    this.#keepAlive(running);
    if (before) await this.#stop(before);
  }

  #keepAlive(running: Running): void {
    void running.container.ended.then(async () => {
      await new Promise((done) => setTimeout(done, RESTART_AFTER_MS));
      if (!running.isWanted) return;
      running.container = this.#run(running, await this.#credentialsOf(running.declared.name));
      this.#keepAlive(running);
    });
  }

  async #stop(running: Running): Promise<void> {
    running.isWanted = false;
    await running.container.stop();
  }

  async #start(declared: DeclaredTask): Promise<Running> {
    const credentials = await this.#credentialsOf(declared.name);
    const running = { declared, isWanted: true, lastLine: 'nothing' };
    return Object.assign(running, { container: this.#run(running, credentials) });
  }

  async #credentialsOf(name: string): Promise<TaskCredentials> {
    const credentials =
      this.#credentials.get(name) ??
      (await TaskCredentials.serve(() => this.options.identities.ofTask(name), this.options.clock.now));
    this.#credentials.set(name, credentials);
    return credentials;
  }

  #run(running: Omit<Running, 'container'>, credentials: TaskCredentials): Container {
    const { name, environment, code, args } = running.declared;
    return new Container({
      code,
      args,
      clock: this.#clockFile,
      environment: {
        ...environment,
        ...this.options.local,
        ...credentials.environment,
        AWS_REGION: REGION,
        HEALTH_PORT: '0', // in ECS each task has its own loopback address; here all share one
      },
      onLog: (line) => {
        running.lastLine = line;
        this.options.onLog({ function: name, line });
      },
    });
  }
}

/** Rejects if a started task does not work in time. */
async function working(running: Running, works: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const { name } = running.declared;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(
      () => resolve(`still does not work after ${WORKS_WITHIN_MS / 1000} s`),
      WORKS_WITHIN_MS,
    );
  });
  const ended = running.container.ended.then((end) => `ended with ${end} before it worked`);
  const failure = await Promise.race([works, late, ended]);
  clearTimeout(timer);
  if (failure) throw new Error(`task ${name} ${failure}; its last line was: ${running.lastLine}`);
}
