// Faults by name, per operation, for the local Momento and AWS. A test or a command line asks for them; a plan decides
// once per call. Each server applies the kinds on its wire.

export const FAULT_KINDS = [
  'refuse',
  'delay',
  'apply-then-time-out',
  'apply-late',
  'apply-then-stall',
  'answer-then-drop',
  'throttle',
  'wrong-page',
  'end-stream',
  'restart',
] as const;

/**
 * - `refuse`: out of reach (UNAVAILABLE, HTTP 503), or the given status; nothing is applied
 * - `delay`: waits `ms`, then continues as usual
 * - `apply-then-time-out`: applied, never answered
 * - `apply-late`: never answered, and applied after `ms`, when the caller has given up
 * - `apply-then-stall`: applied; the answer begins and never ends
 * - `answer-then-drop`: applied and answered, then the caller's connection is dropped
 * - `throttle`: over the limit (RESOURCE_EXHAUSTED, ThrottlingException); nothing is applied
 * - `wrong-page`: only for `Subscribe`: the topic's sequence begins again on a new page, a discontinuity
 * - `end-stream`: only for `Subscribe`: the stream ends with a status after some of its messages
 * - `restart`: every connection is dropped, and the sequences of all topics begin again; nothing is applied
 */
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * How all connections that are open at one moment die. Later ones are healthy.
 * - `idle-fin`: the peer closes them (FIN)
 * - `idle-rst`: the peer says nothing, and answers the next write with a reset (RST)
 * - `idle-silent`: the peer never says anything, and swallows writes
 */
export type ConnectionFault = (typeof CONNECTION_FAULTS)[number];

export const CONNECTION_FAULTS = ['idle-fin', 'idle-rst', 'idle-silent'] as const;

export interface Fault {
  kind: FaultKind;
  /**
   * Milliseconds: how long to delay, or how late to apply. Without it `DEFAULT_FAULT_MS`. Momento also waits so long before
   * `refuse` and `end-stream`; without it not at all.
   */
  ms?: number;
  /** For `refuse` and `end-stream` of Momento. Without it `unavailable`. */
  status?: FaultStatus;
  /** For `end-stream`: after how many messages of the stream, heartbeats included. Without it 1. */
  messages?: number;
}

/** The statuses of gRPC, but for OK. */
export const FAULT_STATUSES = [
  'aborted',
  'already-exists',
  'cancelled',
  'data-loss',
  'deadline-exceeded',
  'failed-precondition',
  'internal',
  'invalid-argument',
  'not-found',
  'out-of-range',
  'permission-denied',
  'resource-exhausted',
  'unauthenticated',
  'unavailable',
  'unimplemented',
  'unknown',
] as const;
export type FaultStatus = (typeof FAULT_STATUSES)[number];

/** Longer than a Lambda function's client waits for Momento (1.1 s), shorter than other clients wait (5 s). */
export const DEFAULT_FAULT_MS = 2_000;

/** What a client sent along with its call: a value of its metadata by name. */
export type ClientHeader = (name: string) => string | undefined;

/**
 * Called once per call, with the operation's name (`SortedSetPut`, `Publish`, `SendMessage`, `GetSecretValue`, …), its
 * decoded request and, from Momento, the client's metadata. Returns the fault of the call.
 */
export type FaultPlan = (operation: string, request: unknown, header?: ClientHeader) => Fault | undefined;

/** A `--fault` flag that does not follow the grammar of `parseFault`. */
export class InvalidFault extends Error {
  override readonly name = 'InvalidFault';
}

export interface ParseFaultOptions {
  /** The names to accept; default: every name. */
  operations?: readonly string[];
  /** Returns 0 to 1; default: `Math.random`. */
  random?: () => number;
}

/** What a kind takes after its name: milliseconds, a status, a number of messages. */
export const FAULT_ARGUMENTS: Readonly<Record<FaultKind, readonly ('MS' | 'STATUS' | 'MESSAGES')[]>> = {
  refuse: ['STATUS'],
  delay: ['MS'],
  'apply-then-time-out': [],
  'apply-late': ['MS'],
  'apply-then-stall': [],
  'answer-then-drop': [],
  throttle: [],
  'wrong-page': [],
  'end-stream': ['STATUS', 'MESSAGES'],
  restart: [],
};

const EXAMPLES = {
  MS: 'whole milliseconds',
  STATUS: 'a status such as not-found',
  MESSAGES: 'a number of messages',
  SHARE: 'a share such as 0.2',
};

/**
 * Reads `OPERATION=KIND[:MS][:STATUS][:MESSAGES][:SHARE]`: `SortedSetPut=refuse`, `Get=refuse:not-found`,
 * `SendMessage=delay:500`, `Publish=throttle:0.2`, `Subscribe=end-stream:3`, `*=delay:50:0.1`. OPERATION is a name, or `*`
 * for all. MS and MESSAGES are whole numbers, for the kinds that take them (`FAULT_ARGUMENTS`). SHARE, a number with a
 * decimal point from 0.0 to 1.0, is the part of the calls that get the fault.
 * @throws InvalidFault, naming the flag and what is allowed.
 */
export function parseFault(flag: string, options: ParseFaultOptions = {}): FaultPlan {
  const { operations, random = Math.random } = options;
  const [, operation, kindName, rest = ''] = /^([A-Za-z]+|\*)=([a-z-]+)((?::[^:]*)*)$/.exec(flag) ?? [];
  if (operation === undefined || kindName === undefined) {
    throw new InvalidFault(
      `fault "${flag}" is not OPERATION=KIND[:MS][:STATUS][:MESSAGES][:SHARE], as in SortedSetPut=delay:500:0.2`,
    );
  }
  if (operation !== '*' && operations !== undefined && !operations.includes(operation)) {
    throw new InvalidFault(`fault "${flag}": no operation ${operation}; there are ${operations.join(', ')}`);
  }
  const kind = FAULT_KINDS.find((known) => known === kindName);
  if (kind === undefined) {
    throw new InvalidFault(`fault "${flag}": no kind ${kindName}; there are ${FAULT_KINDS.join(', ')}`);
  }
  if ((kind === 'wrong-page' || kind === 'end-stream') && operation !== 'Subscribe') {
    throw new InvalidFault(`fault "${flag}": ${kind} works only with Subscribe`);
  }
  const takes = FAULT_ARGUMENTS[kind];
  const fault: Fault = { kind };
  let share = 1;
  for (const part of rest.split(':').slice(1)) {
    const status = FAULT_STATUSES.find((known) => known === part);
    if (/^\d+$/.test(part) && takes.includes('MS')) fault.ms = Number(part);
    else if (/^[1-9]\d*$/.test(part) && takes.includes('MESSAGES')) fault.messages = Number(part);
    else if (status !== undefined && takes.includes('STATUS')) fault.status = status;
    else if (/^(?:0\.\d+|1\.0+)$/.test(part)) share = Number(part);
    else {
      const allowed = [...takes, 'SHARE' as const].map((argument) => EXAMPLES[argument]).join(' or ');
      throw new InvalidFault(`fault "${flag}": "${part}" is not ${allowed}`);
    }
  }
  return (name) => {
    if (operation !== '*' && name !== operation) return undefined;
    return share === 1 || random() < share ? fault : undefined;
  };
}

/** Combines several plans: the first that has a fault for a call decides. */
export function firstOf(plans: readonly FaultPlan[]): FaultPlan {
  return (operation, request, header) => {
    for (const plan of plans) {
      const fault = plan(operation, request, header);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}
