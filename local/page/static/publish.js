// Publishes what the form has, once for each press: through the publisher, or from this browser with the user's own token.
import { publishAsUser } from './as-user.js';
import { byId } from './element.js';
import { written } from './message.js';
import { shownPlace, showPlace } from './place.js';
import { once } from './press.js';
import { post } from './server.js';

const form = byId('publish');
const button = form.querySelector('[type=submit]');
const answer = byId('published');
const way = byId('way-of-publishing');

async function publishAsBackend() {
  const { userId, message: fields } = written();
  const { status, message, place } = await post('api/publish', { userId, ...fields });
  if (status === 200 && place !== shownPlace()) showPlace(place);
  if (status === 200) say('done', 'The publisher answered 200');
  else say('failed', `The publisher answered ${status}: ${message}`);
}

async function publishFromHere() {
  const { userId, message } = written();
  await publishAsUser(userId, message, byId('forged').value);
  say('done', `Momento took it, with a token of ${userId}`);
}

function say(state, text) {
  answer.textContent = text;
  answer.dataset.state = state;
}

function isFromHere() {
  return way.querySelector(':checked').value === 'browser';
}

way.addEventListener('change', () => {
  byId('forgery').hidden = !isFromHere();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  once(button, answer, isFromHere() ? publishFromHere : publishAsBackend);
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
