// How much the relay holds, and whose messages it sets aside when it is full.
import type { Held } from './held';

export interface Capacity {
  readonly messages: number;
  /** The length of all texts together. */
  readonly characters: number;
}

/** With these limits a process stays within 512 MiB, whatever the messages are. */
export const CAPACITY: Capacity = { messages: 100_000, characters: 64 * 1024 * 1024 };

/** The part to which a full relay empties itself before it listens again. More than that is no publisher's share of it. */
export const HALF = 0.5;

/** How much of the capacity is taken up: 1 is all of it. */
export function partOf({ messages, characters }: Capacity, capacity: Capacity): number {
  return Math.max(messages / capacity.messages, characters / capacity.characters);
}

/**
 * The oldest messages of a publisher who alone holds more than half: so many that what is left is less than half. His very
 * first is not among them, as it may be under way. Empty if no publisher holds as much.
 * @param held what is not finished, in order of receipt
 */
export function excess(held: Iterable<Held>, capacity: Capacity): Held[] {
  const publishers = new Map<string, { waiting: Held[]; size: Capacity }>();
  let left = NOTHING;
  for (const message of held) {
    const { waiting, size } = publishers.get(message.tokenId) ?? { waiting: [], size: NOTHING };
    waiting.push(message);
    publishers.set(message.tokenId, { waiting, size: added(size, message, 1) });
    left = added(left, message, 1);
  }
  const [most] = [...publishers.values()].sort(
    (one, other) => partOf(other.size, capacity) - partOf(one.size, capacity),
  );
  if (!most || partOf(most.size, capacity) <= HALF) return [];
  const [, ...waiting] = most.waiting;
  const end = waiting.findIndex((message) => {
    const isEnough = partOf(left, capacity) < HALF;
    left = added(left, message, -1);
    return isEnough;
  });
  return waiting.slice(0, end === -1 ? undefined : end);
}

const NOTHING: Capacity = { messages: 0, characters: 0 };

function added({ messages, characters }: Capacity, { text }: Held, sign: 1 | -1): Capacity {
  return { messages: messages + sign, characters: characters + sign * text.length };
}
