// How much the relay holds, and whose messages it sets aside when it is full.
import type { Held } from './held';

export interface Capacity {
  readonly messages: number;
  /** The length of all texts together. */
  readonly characters: number;
}

/** With these limits a process stays within 512 MiB, whatever the messages are. */
export const CAPACITY: Capacity = { messages: 100_000, characters: 64 * 1024 * 1024 };

/** The part to which a full relay empties itself before it listens again. */
export const HALF = 0.5;

/** How much of the capacity is taken up: 1 is all of it. */
export function partOf({ messages, characters }: Capacity, capacity: Capacity): number {
  return Math.max(messages / capacity.messages, characters / capacity.characters);
}

/**
 * The messages that must go so that less than half is held: the oldest of those publishers who hold most, until they hold alike.
 * None that was tried is among them, as it may be under way.
 * @param held what is not finished, in order of receipt
 */
export function excess(held: Iterable<Held>, capacity: Capacity): Held[] {
  const publishers = new Map<string, Share>();
  let left = NOTHING;
  for (const message of held) {
    if (message.isSetAside) continue; // it goes anyway
    const share = publishers.get(message.tokenId) ?? { waiting: [], size: NOTHING };
    if (message.firstTriedAt === undefined) share.waiting.push(message);
    share.size = added(share.size, message, 1);
    publishers.set(message.tokenId, share);
    left = added(left, message, 1);
  }
  const parts = [...publishers.values()].map(({ size }) => partOf(size, capacity));
  const most = evenPart(parts, HALF);
  const going: Held[] = [];
  for (const { waiting, size } of publishers.values()) {
    let kept = size;
    for (const message of waiting) {
      if (partOf(left, capacity) < HALF) return going;
      if (partOf(kept, capacity) < most) break;
      going.push(message);
      kept = added(kept, message, -1);
      left = added(left, message, -1);
    }
  }
  return going;
}

/** What one publisher holds. */
interface Share {
  /** What was not tried yet, oldest first. */
  readonly waiting: Held[];
  size: Capacity;
}

/** How much each may keep at most, so that all together keep no more than `allowed`, and nobody gives up for who has more. */
function evenPart(parts: readonly number[], allowed: number): number {
  const ascending = [...parts].sort((one, other) => one - other);
  let left = allowed;
  for (const [at, part] of ascending.entries()) {
    const even = left / (ascending.length - at);
    if (part >= even) return even;
    left -= part;
  }
  return Number.POSITIVE_INFINITY;
}

const NOTHING: Capacity = { messages: 0, characters: 0 };

function added({ messages, characters }: Capacity, { text }: Held, sign: 1 | -1): Capacity {
  return { messages: messages + sign, characters: characters + sign * text.length };
}
