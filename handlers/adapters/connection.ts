// A connection that may have died unnoticed. A function can be frozen for minutes between requests, and load balancers drop
// idle connections silently. The first call after that would fail, or wait for an answer that never comes.

/**
 * How long a connection is trusted after its last sign of life, in milliseconds. Momento's load balancers and NAT gateways
 * drop an idle connection after 350 s. The age is checked at the next use, because timers stand still in a frozen process.
 */
export const TRUSTED_FOR_MS = 60_000;

/**
 * After this much silence, in milliseconds, the other side may have closed a connection, and the next call is the first to
 * notice.
 */
const IDLE_MS = 1_000;

export interface Closable {
  close(): void;
}

/** One call, and how to report on its connection afterwards. */
export interface Call<T> {
  readonly result: Promise<T>;
  /** Whether the connection had been silent for a while when the call began. */
  readonly wasIdle: boolean;
  /** The call succeeded, so the connection is alive. */
  heard(): void;
  /** The connection may be dead: the next call opens a new one. */
  drop(): void;
}

interface Open<Client> {
  readonly to: string;
  readonly client: Client;
  heardAt: number;
  calls: number;
}

export class Connection<Client extends Closable> {
  #open: Open<Client> | undefined;

  /**
   * @param connect makes a client; it must not wait for a connection
   * @param now milliseconds since the epoch
   */
  constructor(
    private readonly connect: (to: string) => Client,
    private readonly now: () => number = Date.now,
  ) {}

  /** The client for an address or a key: the open one, or a new one if that is for something else or no longer trusted. */
  to(to: string): Client {
    return this.#to(to).client;
  }

  /** Makes a call. A client that is replaced or dropped meanwhile is closed when its last call is over. */
  call<T>(to: string, work: (client: Client) => Promise<T>): Call<T> {
    const open = this.#to(to);
    const startedAt = this.now();
    return {
      result: this.#during(open, work),
      wasIdle: startedAt - open.heardAt >= IDLE_MS,
      heard: () => {
        // The answer may be as old as the call: the process may have been frozen before it read it.
        open.heardAt = Math.max(open.heardAt, startedAt);
      },
      drop: () => this.#drop(open),
    };
  }

  async #during<T>(open: Open<Client>, work: (client: Client) => Promise<T>): Promise<T> {
    open.calls++;
    try {
      return await work(open.client);
    } finally {
      open.calls--;
      if (open !== this.#open) closeUnused(open);
    }
  }

  close(): void {
    if (this.#open) this.#drop(this.#open);
  }

  #to(to: string): Open<Client> {
    const open = this.#open;
    if (open?.to === to && this.now() - open.heardAt <= TRUSTED_FOR_MS) return open;
    const next = { to, client: this.connect(to), heardAt: this.now(), calls: 0 };
    this.close();
    this.#open = next;
    return next;
  }

  /** Takes a connection out of use at once. If another call has already replaced it, the new one stays. */
  #drop(open: Open<Client>): void {
    if (open !== this.#open) return;
    this.#open = undefined;
    closeUnused(open);
  }
}

/** Waits for the last call: a closed client of Momento's SDK throws from its retry timer, which ends the process. */
function closeUnused<Client extends Closable>({ calls, client }: Open<Client>): void {
  if (calls === 0) client.close();
}
