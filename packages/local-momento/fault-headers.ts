// Faults that a client asks for itself, in its metadata, as Momento's own SDKs do in their retry suites
// (client-sdk-javascript, `momento-local-middleware.ts`; client-sdk-go, `momento_local_middleware.go`). Each client has its
// own faults, so such tests can share a server.
import { invalidArgument } from './errors';
import { type ClientHeader, FAULT_STATUSES, type FaultPlan, type FaultStatus } from './faults';

/** More sessions than a test run has; the oldest is forgotten, so that a server that runs for weeks does not grow. */
const SESSIONS = 10_000;

/** The SDKs' names where they are not the operation's name in kebab case. */
const RPC_NAMES: Readonly<Record<string, string>> = {
  Publish: 'topic-publish',
  Subscribe: 'topic-subscribe',
  ListErase: 'list-remove',
  SetIfNotExists: 'set-if',
};

const rpcNameOf = (operation: string): string =>
  RPC_NAMES[operation] ?? operation.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

/**
 * - `return-error`, of `error-rpcs`: the call is refused with this status; the first `error-count` calls, or all
 * - `delay-ms`, of `delay-rpcs`: the call, or its refusal, waits; the first `delay-count` calls, or all
 * - `stream-error`, of `stream-error-rpcs`: each stream ends with this status after `stream-error-message-limit` messages
 *
 * `request-id` names the session in which the calls of each RPC are counted. RPCs are separated by spaces.
 * The plan throws MomentoError (INVALID_ARGUMENT) for headers that it cannot follow.
 * @param operations the names of all operations, once they are known
 */
export function headerFaults(operations: readonly string[]): FaultPlan {
  const counts = new Counts();
  return (operation, _request, header) => {
    if (header === undefined || !LISTS.some((list) => header(list) !== undefined)) return undefined;
    const asked = new Headers(header, operations, rpcNameOf(operation), counts);
    const isDelayed = asked.concerns('delay-rpcs') && asked.isFirst('delay-count');
    const ms = isDelayed ? asked.number('delay-ms', 0) : undefined;
    const waiting = ms === undefined ? {} : { ms };
    if (asked.concerns('error-rpcs') && asked.isFirst('error-count')) {
      return { kind: 'refuse', status: asked.status('return-error'), ...waiting };
    }
    if (asked.concerns('stream-error-rpcs')) {
      const messages = asked.number('stream-error-message-limit', 1);
      return { kind: 'end-stream', status: asked.status('stream-error'), messages, ...waiting };
    }
    return ms === undefined ? undefined : { kind: 'delay', ms };
  };
}

const LISTS = ['error-rpcs', 'delay-rpcs', 'stream-error-rpcs'] as const;

/** How many calls of each session met a limit. */
class Counts {
  readonly #seen = new Map<string, number>();

  /** Counts one call more, and returns how many there were before. */
  next(key: string): number {
    const before = this.#seen.get(key) ?? 0;
    this.#seen.delete(key);
    this.#seen.set(key, before + 1);
    const [oldest] = this.#seen.size > SESSIONS ? this.#seen.keys() : [];
    if (oldest !== undefined) this.#seen.delete(oldest);
    return before;
  }
}

/** The headers of one call. */
class Headers {
  constructor(
    private readonly header: ClientHeader,
    private readonly operations: readonly string[],
    private readonly rpc: string,
    private readonly counts: Counts,
  ) {}

  /** Whether a list names this RPC. */
  concerns(list: (typeof LISTS)[number]): boolean {
    const names = (this.header(list) ?? '').split(' ').filter((name) => name !== '');
    const known = new Set(names.length > 0 ? this.operations.map(rpcNameOf) : []);
    const unknown = names.find((name) => !known.has(name));
    if (unknown !== undefined) {
      throw invalidArgument(`${list}: no RPC "${unknown}"; there are ${[...known].join(', ')}`);
    }
    return names.includes(this.rpc);
  }

  /** Whether the call is one of the first so many of its session; without the header, all are. */
  isFirst(name: 'error-count' | 'delay-count'): boolean {
    if (this.header(name) === undefined) return true;
    const session = this.header('request-id');
    if (session === undefined) throw invalidArgument(`${name} counts per request-id, which is missing`);
    return this.counts.next(`${name} ${this.rpc} ${session}`) < this.number(name, 0);
  }

  number(name: string, least: number): number {
    const value = this.header(name) ?? '';
    if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value);
    throw invalidArgument(`${name} must be a whole number from ${least} on, not "${value}"`);
  }

  status(name: 'return-error' | 'stream-error'): FaultStatus {
    const value = this.header(name) ?? '';
    const found = FAULT_STATUSES.find((known) => known === value);
    if (found !== undefined) return found;
    throw invalidArgument(`${name} must be one of ${FAULT_STATUSES.join(', ')}, not "${value}"`);
  }
}
