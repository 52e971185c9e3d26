// Publishes what the form has, once for each press.
import { byId } from './element.js';
import { written } from './message.js';
import { shownPlace, showPlace } from './place.js';
import { once } from './press.js';
import { post } from './server.js';

const form = byId('publish');
const button = form.querySelector('[type=submit]');
const answer = byId('published');

async function publish() {
  const { userId, message: fields } = written();
  const { status, message, place } = await post('api/publish', { userId, ...fields });
  if (status === 200 && place !== shownPlace()) showPlace(place);
  answer.textContent =
    status === 200 ? 'The publisher answered 200' : `The publisher answered ${status}: ${message}`;
  answer.dataset.state = status === 200 ? 'done' : 'failed';
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  once(button, answer, publish);
});
// The second half of a double click, and a key that is held down, publish nothing.
button.addEventListener('click', (event) => event.detail > 1 && event.preventDefault());
form.addEventListener('keydown', (event) => {
  const sends =
    event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.target.localName === 'input');
  if (!sends) return;
  event.preventDefault();
  if (!event.repeat) form.requestSubmit();
});
