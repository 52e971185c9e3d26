// What identifies a message in the stack: its position in the topic, or the request id in its text.
import type { TopicMessage } from 'local-momento';

/** Momento's event has no page. */
export type Position = Pick<TopicMessage, 'cache' | 'topic' | 'sequenceNumber'>;

/** What identifies a message: its position in the topic, and in its text the request id, if its publisher gave one. */
export type Found = Position & Pick<TopicMessage, 'text'>;

/** Something about each message, by its position. */
export class Positions<T> {
  readonly #all = new Map<string, T>();

  set(message: Position & Pick<TopicMessage, 'sequencePage'>, value: T): void {
    this.#all.set(keyOf(message), value);
  }

  get(message: Position & Pick<TopicMessage, 'sequencePage'>): T | undefined {
    return this.#all.get(keyOf(message));
  }

  /** By a position without a page: the latest. */
  find({ cache, topic, sequenceNumber }: Position): T | undefined {
    const start = `${JSON.stringify([cache, topic, sequenceNumber]).slice(0, -1)},`;
    return [...this.#all].findLast(([key]) => key.startsWith(start))?.[1];
  }

  forget(value: T): void {
    for (const [key, one] of this.#all) if (one === value) this.#all.delete(key);
  }
}

function keyOf({
  cache,
  topic,
  sequenceNumber,
  sequencePage,
}: Position & Pick<TopicMessage, 'sequencePage'>): string {
  return JSON.stringify([cache, topic, sequenceNumber, sequencePage]);
}

/** The message, or its text if that is not JSON. */
export function fieldsIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function requestIdIn(message: unknown): string | undefined {
  const { requestId } = Object(message);
  return typeof requestId === 'string' ? requestId : undefined;
}

/** Who a message says has written it, which anybody can write into a message of their own. */
export function authorIn(message: unknown): string | undefined {
  const { userId, userID = userId } = Object(message);
  return typeof userID === 'string' ? userID : undefined;
}
