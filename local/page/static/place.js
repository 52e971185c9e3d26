// Shows the messages at one place, as the application reads them.
import { byId, element } from './element.js';
import { get } from './server.js';
import { userText } from './user-text.js';

const form = byId('place');
let shown = '';
let asked = 0;

/** The place on show. */
export function shownPlace() {
  return shown;
}

/** The application's word for a place. */
export function namePlaces(name) {
  byId('place-name').textContent = name.charAt(0).toUpperCase() + name.slice(1);
}

/** Reads the place again. With a name, switches to that place. */
export async function showPlace(name = shown) {
  shown = name;
  form.elements.name.value = name;
  const mine = ++asked; // shows the place requested last, whichever answer comes last
  try {
    const { entries } = await get(`api/place?name=${encodeURIComponent(name)}`);
    if (mine === asked) show(entries);
  } catch (error) {
    if (mine === asked) byId('place-state').textContent = error.message;
  }
}

function show(entries) {
  const many = entries.length === 1 ? '1 message' : `${entries.length} messages`;
  byId('place-state').textContent = entries.length === 0 ? 'No messages yet.' : `${many}, newest first`;
  byId('entries').hidden = entries.length === 0;
  byId('entries').tabIndex = 0; // it scrolls
  byId('entries').replaceChildren(
    ...entries.map(({ userID, text, at }) => {
      const time = element('time', { datetime: at }, new Date(at).toLocaleTimeString());
      return element('li', {}, element('p.who', {}, element('bdi', {}, userID), ' ', time), userText(text));
    }),
  );
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  showPlace(form.elements.name.value);
});
