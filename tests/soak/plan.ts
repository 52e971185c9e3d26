// The soak's events and faults: all of them follow from the seed.
import type { Fault, FaultKind, FaultPlan } from 'local-momento';
import type { Chance } from './random';

/** Events per course: fewer than the cut leaves, so that every one must be found again. */
const EVENTS_PER_COURSE = 500;
const USERS = 200;
const FIRST_PUBLISHED_AT = Date.UTC(2026, 0, 1);

/** Longer than the 1.1 s after which the handlers' client gives a call up. */
export const LATE_MS = 1_500;

export interface PlannedEvent {
  readonly index: number;
  readonly userId: string;
  readonly courseId: number;
  readonly comment: string;
  /** `again`: once more after the answer; `together`: twice at the same moment. */
  readonly delivery: 'once' | 'again' | 'together';
  /** Whether Momento always refuses it, so that it must end in the dead-letter queue. */
  readonly poison: boolean;
  /** Whether it is signed with the secret from before a rotation, while that is still valid. */
  readonly outdated: boolean;
}

const DELIVERIES = [
  ['once', 8],
  ['again', 1],
  ['together', 1],
] as const;

/** The faults of calls, with their weights. A restart drops all connections, so it is rare. */
const KINDS: readonly (readonly [FaultKind, number])[] = [
  ['refuse', 30],
  ['throttle', 20],
  ['delay', 20],
  ['answer-then-drop', 15],
  ['apply-then-time-out', 4],
  ['apply-then-stall', 3],
  ['apply-late', 7],
  ['restart', 0.05],
];

/** The calls on an event's way that can fail. */
const OPERATIONS = new Set([
  'SortedSetPut',
  'SortedSetFetch',
  'SortedSetRemove',
  'SendMessage',
  'SendMessageBatch',
  'ChangeMessageVisibility',
]);

export function planEvent(chance: Chance, index: number): PlannedEvent {
  const odd =
    ['', ' “quoted” ', ' \\ ', ' 😀 ', ' \u2028 ', ' </script> '][chance.below(6, 'odd', index)] ?? '';
  return {
    index,
    userId: `user-${chance.below(USERS, 'user', index)}`,
    courseId: Math.floor(index / EVENTS_PER_COURSE),
    comment: `#${index}#${odd}`,
    delivery: chance.pick(DELIVERIES, 'delivery', index),
    poison: chance.roll('poison', index) < 0.001,
    outdated: chance.roll('outdated', index) < 0.1,
  };
}

/** The publish time of an event, in milliseconds since the epoch. Fixed, so that its id and its faults are fixed. */
export function publishedAt(index: number): number {
  return FIRST_PUBLISHED_AT + index;
}

/** The number of the event with this comment. */
export function indexOf(text: string): number | undefined {
  const match = /#(\d+)#/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/**
 * Faults in this share of the calls. The nth call of an operation for an event always has the same one. So does the nth
 * call that cuts a course, which belongs to no event.
 * @param bodyOf returns the message for a receipt handle of the redrive queue
 */
export function planFaults(
  chance: Chance,
  share: number,
  bodyOf: (receiptHandle: string) => string | undefined,
): FaultPlan {
  const calls = new Map<string, number>();
  return (operation, request) => {
    if (!OPERATIONS.has(operation)) return undefined;
    const index = indexOf(textOf(request, bodyOf));
    if (operation === 'SortedSetPut' && index !== undefined && planEvent(chance, index).poison)
      return { kind: 'refuse' };
    const call = `${operation} ${index ?? `of course ${setOf(request)}`}`;
    const nth = calls.get(call) ?? 0;
    calls.set(call, nth + 1);
    if (chance.roll('fault', call, nth) >= share) return undefined;
    return fault(chance.pick(KINDS, 'kind', call, nth));
  };
}

/** Faults in this share of the calls of some operations. The nth call of an operation always has the same one. */
export function planFaultsOf(chance: Chance, share: number, operations: ReadonlySet<string>): FaultPlan {
  const calls = new Map<string, number>();
  return (operation) => {
    if (!operations.has(operation)) return undefined;
    const nth = calls.get(operation) ?? 0;
    calls.set(operation, nth + 1);
    if (chance.roll('fault', operation, nth) >= share) return undefined;
    return fault(chance.pick(KINDS, 'kind', operation, nth));
  };
}

/** As often as Momento's SDK asks for one call before it gives the handlers an error, and they drop the client. */
const TRIES_OF_SDK = 4;

/**
 * For two events of one batch: a client is dropped while a call over it waits for its answer, and is tried again after that.
 * The first event is refused until its client is dropped; what is asked for it next breaks all connections, also that over
 * which the second event waits.
 */
export function planDrop(refused: number, waiting: number): FaultPlan {
  const puts = new Map<number | undefined, number>();
  return (operation, request) => {
    if (operation !== 'SortedSetPut') return undefined;
    const index = indexOf(textOf(request, () => undefined));
    const nth = puts.get(index) ?? 0;
    puts.set(index, nth + 1);
    if (index === waiting && nth === 0) return { kind: 'apply-then-time-out' };
    if (index !== refused || nth > TRIES_OF_SDK) return undefined;
    return { kind: nth < TRIES_OF_SDK ? 'refuse' : 'restart' };
  };
}

/** What may befall a delivery to the webhook: 503, 429, or no answer, which costs the relay five seconds. */
const RECEIVER_KINDS: readonly (readonly [FaultKind, number])[] = [
  ['refuse', 60],
  ['throttle', 37],
  ['apply-then-time-out', 3],
];

/** Faults in this share of the deliveries to the webhook. */
export function planReceiverFaults(chance: Chance, share: number): FaultPlan {
  const deliveries = new Map<number, number>();
  return (operation, request) => {
    if (operation !== 'FunctionUrl') return undefined;
    const index = indexOf(Buffer.from(Object(request).body ?? '').toString('utf8')) ?? -1;
    const nth = deliveries.get(index) ?? 0;
    deliveries.set(index, nth + 1);
    if (chance.roll('delivery', index, nth) >= share) return undefined;
    return fault(chance.pick(RECEIVER_KINDS, 'delivery kind', index, nth));
  };
}

function fault(kind: FaultKind): Fault {
  if (kind === 'delay') return { kind, ms: 20 };
  return kind === 'apply-late' ? { kind, ms: LATE_MS } : { kind };
}

/** The comment somewhere in a gRPC or AWS request, or in the message that the request names. */
function textOf(request: unknown, bodyOf: (receiptHandle: string) => string | undefined): string {
  if (request === null || typeof request !== 'object') return '';
  if ('elements' in request && Array.isArray(request.elements)) {
    const [element] = request.elements;
    return element?.value instanceof Uint8Array ? Buffer.from(element.value).toString('utf8') : '';
  }
  if ('ReceiptHandle' in request) return bodyOf(String(request.ReceiptHandle)) ?? '';
  if ('Entries' in request) return JSON.stringify(request.Entries);
  return 'MessageBody' in request ? String(request.MessageBody) : '';
}

/** The name of the sorted set in a request. */
function setOf(request: unknown): string {
  if (request === null || typeof request !== 'object' || !('set_name' in request)) return '';
  return request.set_name instanceof Uint8Array ? Buffer.from(request.set_name).toString('utf8') : '';
}
