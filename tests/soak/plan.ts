// What the soak sends and what befalls it: all of it follows from the seed.
import type { Fault, FaultKind, FaultPlan } from 'local-momento/faults';
import type { Chance } from './random';

/** Events of a course: fewer than the cut leaves, so that every one must be found again. */
const EVENTS_PER_COURSE = 500;
const USERS = 200;
const FIRST_PUBLISHED_AT = Date.UTC(2026, 0, 1);

/** Longer than the 1.1 s after which the handlers' client gives up a call. */
export const LATE_MS = 1_500;

export interface PlannedEvent {
  readonly index: number;
  readonly userId: string;
  readonly courseId: number;
  readonly comment: string;
  /** `again`: once more after the answer; `together`: twice at the same moment. */
  readonly delivery: 'once' | 'again' | 'together';
  /** Whether Momento refuses it for ever, so that it must end in the dead-letter queue. */
  readonly poison: boolean;
  /** Whether it is signed with the secret of before a rotation, while that still holds. */
  readonly outdated: boolean;
}

const DELIVERIES = [
  ['once', 8],
  ['again', 1],
  ['together', 1],
] as const;

/** What may befall a call, and how often; a restart drops everybody's connections, so it is rare. */
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

/** The calls that can fail, on the way of an event. */
const OPERATIONS = new Set([
  'SortedSetPut',
  'SortedSetFetch',
  'SortedSetRemove',
  'SendMessage',
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

/** When the event was published, in milliseconds since the epoch: fixed, as its id and what follows from that are to be. */
export function publishedAt(index: number): number {
  return FIRST_PUBLISHED_AT + index;
}

/** The number of the event that a comment is of. */
export function indexOf(text: string): number | undefined {
  const match = /#(\d+)#/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/**
 * Faults in this share of the calls. The nth call of an operation for an event always meets the same one; so does the nth
 * of those that cut a course, which are for no event of their own.
 * @param bodyOf the message that a receipt handle of the redrive queue stands for
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

/** The comment somewhere inside a request, of gRPC or of AWS, or in the message that it is about. */
function textOf(request: unknown, bodyOf: (receiptHandle: string) => string | undefined): string {
  if (request === null || typeof request !== 'object') return '';
  if ('elements' in request && Array.isArray(request.elements)) {
    const [element] = request.elements;
    return element?.value instanceof Uint8Array ? Buffer.from(element.value).toString('utf8') : '';
  }
  if ('ReceiptHandle' in request) return bodyOf(String(request.ReceiptHandle)) ?? '';
  return 'MessageBody' in request ? String(request.MessageBody) : '';
}

/** The name of the sorted set that a request is about. */
function setOf(request: unknown): string {
  if (request === null || typeof request !== 'object' || !('set_name' in request)) return '';
  return request.set_name instanceof Uint8Array ? Buffer.from(request.set_name).toString('utf8') : '';
}
