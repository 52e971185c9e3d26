// How much the relay holds, and whose messages it sets aside when it is full.
import type { Held } from './held';

export interface Capacity {
  readonly messages: number;
  /** The length of all texts together. */
  readonly characters: number;
}

/** With these limits a process stays within 512 MiB, whatever the messages are. */
export const CAPACITY: Capacity = { messages: 100_000, characters: 64 * 1024 * 1024 };

/** The part to which a full relay empties itself before it listens again. A publisher who holds more than that is cut back. */
export const HALF = 0.5;

/** How much of the capacity is taken up: 1 is all of it. */
export function partOf({ messages, characters }: Capacity, capacity: Capacity): number {
  return Math.max(messages / capacity.messages, characters / capacity.characters);
}

/**
 * The oldest messages of a publisher who alone holds more than half: as many as must go until less than half is held. None that
 * was tried is among them, as it may be under way. Empty if no publisher holds that much, or if too much would be left all the same.
 * @param held what is not finished, in order of receipt
 */
export function excess(held: Iterable<Held>, capacity: Capacity): Held[] {
  const publishers = new Map<string, { waiting: Held[]; size: Capacity }>();
  let left = NOTHING;
  for (const message of held) {
    const { waiting, size } = publishers.get(message.tokenId) ?? { waiting: [], size: NOTHING };
    publishers.set(message.tokenId, { waiting, size: added(size, message, 1) });
    if (message.isSetAside) continue; // it goes anyway
    if (message.firstTriedAt === undefined) waiting.push(message);
    left = added(left, message, 1);
  }
  const [most] = [...publishers.values()].sort(
    (one, other) => partOf(other.size, capacity) - partOf(one.size, capacity),
  );
  if (!most || partOf(most.size, capacity) <= HALF) return [];
  const going: Held[] = [];
  for (const message of most.waiting) {
    if (partOf(left, capacity) < HALF) break;
    going.push(message);
    left = added(left, message, -1);
  }
  return partOf(left, capacity) < HALF ? going : [];
}

const NOTHING: Capacity = { messages: 0, characters: 0 };

function added({ messages, characters }: Capacity, { text }: Held, sign: 1 | -1): Capacity {
  return { messages: messages + sign, characters: characters + sign * text.length };
}
