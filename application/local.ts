// How to show the comments, on this machine and after a deploy.
import { parse } from '../handlers/core/parse';
import type { LocalApplication } from '../local/application';
import { readComments, removeComments } from '../local/comments';
import { message } from './message';

export const local: LocalApplication = {
  placeName: 'course',
  store: { name: 'Momento’s cache', operation: 'SortedSetPut' },
  example: { userId: 'taylor', courseId: 123, comment: 'What a course!' },
  probe: (mark) => ({ courseId: `verify-${mark}`, comment: mark }),
  describe(given) {
    const { courseId, comment } = parse(message.received, given);
    return { place: String(courseId), text: comment, done: `stored in course ${courseId}` };
  },
  async read(course, access, limit) {
    const comments = await readComments(course, { ...access, limit });
    return comments.map(({ userID, comment, at }) => ({ userID, text: comment, at }));
  },
  remove: removeComments,
};
