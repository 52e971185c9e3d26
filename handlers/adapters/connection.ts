// A connection that may have died unseen. A function is frozen between its requests, for minutes, and balancers drop what
// idles without a word: the first call after that would fail, or wait for an answer that never comes.

/**
 * How long a connection is used after it was last heard of, in milliseconds. Momento's balancers and NAT gateways forget
 * one after 350 s. The clock is read at the next use: the timers of a frozen process stand still.
 */
export const TRUSTED_FOR_MS = 60_000;

/** After so many milliseconds without a word the other side may have closed a connection, and a call on it is its first sign. */
const IDLE_MS = 1_000;

export interface Closable {
  close(): void;
}

/** One call, and what there is to say of its connection afterwards. */
export interface Call<T> {
  readonly result: Promise<T>;
  /** Whether nothing had been heard of the connection for a while when the call began. */
  readonly wasIdle: boolean;
  /** The call succeeded, so the connection lives. */
  heard(): void;
  /** The connection may be dead: the next call makes another one. */
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

  /** The client for an address or a key: the one in use, or another one where that is for another or too old to trust. */
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
        // The answer is no older than that, and may be as old: the process may have been frozen before it read it.
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

  /** Out of use at once; where another call did so already, the new one stays. */
  #drop(open: Open<Client>): void {
    if (open !== this.#open) return;
    this.#open = undefined;
    closeUnused(open);
  }
}

/** Closed earlier, a client of Momento's SDK that tries a call again would throw from its timer, and end the process. */
function closeUnused<Client extends Closable>({ calls, client }: Open<Client>): void {
  if (calls === 0) client.close();
}
