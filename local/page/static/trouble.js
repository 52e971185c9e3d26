// Chooses the trouble, and shows the messages that wait because of it.
import { byId } from './element.js';
import { post } from './server.js';

export function showTrouble(trouble) {
  for (const radio of byId('trouble').querySelectorAll('input')) radio.checked = radio.value === trouble;
  document.body.dataset.trouble = trouble;
}

export function showQueues({ waiting, nextTryInMs, givenUp }) {
  const next =
    waiting > 0 && nextTryInMs !== undefined ? `next try in ${Math.ceil(nextTryInMs / 1_000)} s` : '';
  fill('waiting', waiting, next);
  fill('given-up', givenUp, givenUp > 0 ? 'an alarm is on' : '');
  byId('hurry').disabled = waiting === 0;
}

function fill(id, count, note) {
  const item = byId(id);
  item.dataset.state = count > 0 ? 'some' : 'none';
  item.querySelector('b').textContent = String(count);
  item.querySelector('span').textContent = note;
}

byId('trouble').addEventListener('change', (event) => post('api/trouble', { trouble: event.target.value }));
byId('hurry').addEventListener('click', () => post('api/hurry'));
