// The comments of one course, as they stand in the cache.
import { byId, element } from './element.js';
import { get } from './server.js';

const form = byId('course');
let shown = form.elements.id.value;
let asked = 0;

/** The course that is shown. */
export function shownCourse() {
  return shown;
}

/** Reads the course again; with an id, shows that one from now on. */
export async function showCourse(id = shown) {
  shown = id;
  form.elements.id.value = id;
  const mine = ++asked; // the last one asked for is shown, whichever is answered last
  try {
    const { comments } = await get(`api/course?id=${encodeURIComponent(id)}`);
    if (mine === asked) show(comments);
  } catch (error) {
    if (mine === asked) byId('course-state').textContent = error.message;
  }
}

function show(comments) {
  const many = comments.length === 1 ? '1 comment' : `${comments.length} comments`;
  byId('course-state').textContent = comments.length === 0 ? 'No comments yet.' : `${many}, newest first`;
  byId('comments').replaceChildren(
    ...comments.map(({ userID, comment, at }) => {
      const time = element('time', { datetime: at }, new Date(at).toLocaleTimeString());
      return element(
        'li',
        {},
        element('p.who', {}, element('b', {}, userID), ' ', time),
        element('p.comment', {}, comment),
      );
    }),
  );
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  showCourse(form.elements.id.value);
});
