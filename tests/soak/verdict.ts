// What became of the events of a soak, as an application finds them in the cache.
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { type Comment, readComments } from '../../local/comments';
import type { Stack } from '../../local/stack';
import { indexOf, planEvent } from './plan';
import type { Chance } from './random';

export interface Verdict {
  readonly sent: number;
  readonly stored: number;
  readonly deadLettered: number;
  /** Accepted, and neither stored nor in the dead-letter queue: by the event's number. */
  readonly lost: number[];
  /** Stored more than once. */
  readonly duplicated: number[];
  /** Stored with another user, course, time or text than was published; -1 where no event has such a text. */
  readonly altered: number[];
  /** Stored although they were forged. */
  readonly forgedAccepted: number;
  /** In the dead-letter queue, though Momento does not refuse them for ever: every try met a fault. */
  readonly givenUp: number[];
  /** Never accepted: the sender was told. */
  readonly notTaken: number[];
  /** How many of each group are stored. */
  readonly storedBy: Readonly<Record<string, number>>;
}

/** A comment, and the course that it stands in. */
interface Stored extends Comment {
  readonly course: number;
}

export interface Sent {
  readonly chance: Chance;
  readonly indexes: readonly number[];
  readonly apiKey: string;
  readonly wasAccepted: (index: number) => boolean;
  /** Milliseconds since the epoch; undefined where only Momento knows. */
  readonly publishedAt?: (index: number) => number;
  /** Groups of events of which each must have some that are stored. */
  readonly groups?: Readonly<Record<string, ReadonlySet<number>>>;
}

export async function judge(stack: Stack, sent: Sent): Promise<Verdict> {
  const { indexes, chance, wasAccepted, publishedAt, groups = {} } = sent;
  const stored = await storedComments(stack, sent);
  const wanted = new Set(indexes);
  const deadLetters = deadLettered(stack);
  const copies = (index: number) => stored.get(index) ?? [];
  const same = ({ course, userID, comment, at }: Stored, index: number) => {
    const { courseId, userId, comment: text } = planEvent(chance, index);
    const publishedThen = at.getTime() === (publishedAt?.(index) ?? at.getTime());
    return course === courseId && userID === userId && comment === text && publishedThen;
  };
  return {
    sent: indexes.length,
    stored: stored.size,
    deadLettered: deadLetters.size,
    lost: indexes.filter(
      (index) => wasAccepted(index) && copies(index).length === 0 && !deadLetters.has(index),
    ),
    duplicated: indexes.filter((index) => copies(index).length > 1),
    altered: [...stored.keys()].filter(
      (index) => !wanted.has(index) || copies(index).some((copy) => !same(copy, index)),
    ),
    forgedAccepted: [...stored.values()].flat().filter(({ userID }) => userID === 'forged').length,
    givenUp: [...deadLetters]
      .map((index) => index ?? -1)
      .filter((index) => index < 0 || !planEvent(chance, index).poison),
    notTaken: indexes.filter((index) => !wasAccepted(index)),
    storedBy: Object.fromEntries(
      Object.entries(groups).map(([name, group]) => [
        name,
        [...group].filter((index) => stored.has(index)).length,
      ]),
    ),
  };
}

/** The numbers of the events in the dead-letter queue. */
export function deadLettered(stack: Stack): Set<number | undefined> {
  const queue = stack.sqs.find(String(stack.outputs.deadLetterQueueUrl));
  return new Set(queue.messages.map(({ body }) => indexOf(body)));
}

/** Of a message of the redrive queue that is being handled, by its receipt handle. */
export function bodyIn(stack: Stack): (receiptHandle: string) => string | undefined {
  const queue = stack.sqs.find(String(stack.outputs.redriveQueueUrl));
  return (handle) => queue.messages.find(({ receiptHandle }) => receiptHandle === handle)?.body;
}

/** The comments in the cache, as an application reads them, by the number of their event. */
export async function storedComments(
  stack: Stack,
  { chance, indexes, apiKey }: Pick<Sent, 'chance' | 'indexes' | 'apiKey'>,
): Promise<Map<number, Stored[]>> {
  const { cacheName } = stack;
  const credentialProvider = apiKeyCredentials(apiKey, { local: `127.0.0.1:${stack.momento.port}` });
  const courses = new Set(indexes.map((index) => planEvent(chance, index).courseId));
  const found = new Map<number, Stored[]>();
  for (const course of courses) {
    const read = { credentialProvider, cacheName, limit: 10_000 };
    for (const comment of await readComments(String(course), read)) {
      const index = indexOf(comment.comment) ?? -1;
      found.set(index, [...(found.get(index) ?? []), { ...comment, course }]);
    }
  }
  return found;
}
