// Comments in sorted sets of a Momento cache, as the rest of an application reads them.
import * as v from 'valibot';
import { type InCache, type ReadOptions, readElements, removeSet } from './elements';

export interface Comment {
  userID: string;
  comment: string;
  eventId: string;
  /** the time of publication in Momento's event */
  at: Date;
}

const stored = v.object({ userID: v.string(), comment: v.string(), eventId: v.string() });

/** The comments of a course, newest first. Throws Momento's own error, or an error if the set holds something else. */
export async function readComments(courseId: string, options: ReadOptions): Promise<Comment[]> {
  const elements = await readElements(courseId, options);
  return elements.map(({ value, score }) => ({ ...v.parse(stored, JSON.parse(value)), at: new Date(score) }));
}

/** Removes a course with all its comments. Throws Momento's own error. */
export function removeComments(courseId: string, cache: InCache): Promise<void> {
  return removeSet(courseId, cache);
}
