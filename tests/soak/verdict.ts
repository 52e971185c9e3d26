// The outcome of a soak's events, as an application finds them in the cache.
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { type Comment, readComments } from '../../local/comments';
import type { Stack } from '../../local/stack';
import { indexOf, planEvent } from './plan';
import type { Chance } from './random';

export interface Verdict {
  readonly sent: number;
  readonly stored: number;
  readonly deadLettered: number;
  /** The numbers of events that were accepted, but are neither stored nor in the dead-letter queue. */
  readonly lost: number[];
  /** Stored more than once. */
  readonly duplicated: number[];
  /** Stored with another user, course, time or text than published; -1 if no event has such a text. */
  readonly altered: number[];
  /** Stored although they were forged. */
  readonly forgedAccepted: number;
  /** In the dead-letter queue although Momento would store them: every try had a fault. */
  readonly givenUp: number[];
  /** Never accepted, and the sender was told. */
  readonly notTaken: number[];
  /** The number of stored events per group. */
  readonly storedBy: Readonly<Record<string, number>>;
}

/** A comment and its course. */
interface Stored extends Comment {
  readonly course: number;
}

export interface Sent {
  readonly chance: Chance;
  readonly indexes: readonly number[];
  readonly apiKey: string;
  readonly wasAccepted: (index: number) => boolean;
  /** Milliseconds since the epoch; undefined if only Momento knows. */
  readonly publishedAt?: (index: number) => number;
  /** Groups of events; each must have some stored ones. */
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

/** The body of a message of the redrive queue that is being handled, by its receipt handle. */
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
