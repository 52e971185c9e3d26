// Keeps the declared tasks running, as ECS does: one that ends is replaced, and another version takes over before the
// old one stops.
import { REGION } from '../aws/account';
import type { DeclaredRole } from '../aws/declared';
import type { Identities } from '../aws/identities';
import { Container } from './container';
import { TaskCredentials } from './credentials';
import type { DeclaredTask } from './declared';

const RESTART_AFTER_MS = 100;

export interface TaskHostOptions {
  readonly identities: Identities;
  /** What only a task on this machine is told: where its AWS and its Momento are. */
  readonly local: Readonly<Record<string, string>>;
  readonly onLog: (log: { function: string; line: string }) => void;
  /** Resolves when a task that is about to start works. */
  readonly ready: () => Promise<void>;
}

interface Running {
  readonly declared: DeclaredTask;
  container: Container;
  isWanted: boolean;
}

export class TaskHost {
  readonly #running = new Map<string, Running>();
  readonly #credentials = new Map<string, TaskCredentials>();

  constructor(private readonly options: TaskHostOptions) {}

  /** Gives the names of the tasks that were started. Rejects where one cannot be started. */
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

  /** Kills a task at once (SIGKILL); another one takes its place. Resolves when that works. */
  async kill(name: string): Promise<void> {
    const running = this.#running.get(name);
    if (!running) throw new Error(`no task ${name} is running`);
    const works = this.options.ready();
    await running.container.kill();
    await works;
  }

  async close(): Promise<void> {
    for (const running of this.#running.values()) running.isWanted = false;
    await Promise.all([...this.#running.values()].map(({ container }) => container.kill()));
    await Promise.all([...this.#credentials.values()].map((one) => one.close()));
  }

  async #replace(declared: DeclaredTask): Promise<void> {
    const before = this.#running.get(declared.name);
    const works = this.options.ready();
    const running: Running = { declared, container: await this.#start(declared), isWanted: true };
    const { ended } = running.container;
    await Promise.race([
      works,
      ended.then((end) => {
        throw new Error(`task ${declared.name} ended with ${end} before it worked`);
      }),
    ]);
    this.#running.set(declared.name, running);
    this.#keepAlive(running);
    if (before) await this.#stop(before);
  }

  #keepAlive(running: Running): void {
    void running.container.ended.then(async () => {
      await new Promise((done) => setTimeout(done, RESTART_AFTER_MS));
      if (!running.isWanted) return;
      running.container = await this.#start(running.declared);
      if (running.isWanted) this.#keepAlive(running);
      else await running.container.kill();
    });
  }

  async #stop(running: Running): Promise<void> {
    running.isWanted = false;
    await running.container.stop();
  }

  async #start({ name, environment, command }: DeclaredTask): Promise<Container> {
    const credentials =
      this.#credentials.get(name) ??
      (await TaskCredentials.serve(() => this.options.identities.ofTask(name)));
    this.#credentials.set(name, credentials);
    return new Container({
      command,
      environment: {
        ...environment,
        ...this.options.local,
        ...credentials.environment,
        AWS_REGION: REGION,
        HEALTH_PORT: '0', // a task of ECS has its own loopback address; here all share one
      },
      onLog: (line) => this.options.onLog({ function: name, line }),
    });
  }
}
