// How to show the chat, on this machine and after a deploy: a room's history, as a late reader sees it.
import { parse } from '../../handlers/core/parse';
import type { LocalApplication } from '../../local/application';
import { readComments, removeComments } from '../../local/comments';
import { message } from './message';

export const local: LocalApplication = {
  placeName: 'room',
  store: { name: 'Momento’s cache', operation: 'SortedSetGetScore' },
  example: { userId: 'taylor', courseId: 'lobby', comment: 'Hello, everybody!' },
  probe: (mark) => ({ courseId: `verify-${mark}`, comment: mark }),
  describe(given) {
    const { courseId, comment } = parse(message.received, given);
    return { place: String(courseId), text: comment, done: `moderated in room ${courseId}` };
  },
  async read(room, access, limit) {
    const messages = await readComments(room, { ...access, limit });
    return messages.map(({ userID, comment, at }) => ({ userID, text: comment, at }));
  },
  remove: removeComments,
};
