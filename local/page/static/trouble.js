// Chooses the trouble, and shows the messages that wait because of it.
import { isGone, onConnection } from './connection.js';
import { byId } from './element.js';
import { once, onPress } from './press.js';
import { post } from './server.js';

const note = byId('trouble-note');
let trouble = 'none';
let queues = { waiting: 0, givenUp: 0 };
/** When the next message is tried, on this browser's monotonic clock. */
let due;

export function showTrouble(next) {
  trouble = next;
  for (const radio of byId('trouble').querySelectorAll('input')) radio.checked = radio.value === trouble;
}

/** @param now the server's time: its clock and the browser's may differ */
export function showQueues(next, now) {
  queues = next;
  due = queues.nextTryAt === undefined ? undefined : performance.now() + queues.nextTryAt - now;
  show();
}

function show() {
  const { waiting, givenUp } = queues;
  if (isGone()) {
    for (const id of ['waiting', 'given-up']) fill(id, '?', 'unknown while the stack is stopped');
    return;
  }
  fill('waiting', waiting, waiting > 0 ? nextTry() : '');
  fill('given-up', givenUp, givenUp > 0 ? 'an alarm is on' : '');
  byId('hurry').disabled = waiting === 0;
  byId('send-all-back').hidden = givenUp === 0;
}

function nextTry() {
  if (due === undefined) return '';
  const seconds = Math.ceil((due - performance.now()) / 1_000);
  return seconds <= 0 ? 'being tried' : `next try in ${seconds}\u00a0s`;
}

function fill(id, count, text) {
  const item = byId(id);
  item.dataset.state = count > 0 ? 'some' : 'none';
  item.querySelector('b').textContent = String(count);
  item.querySelector('span').textContent = text;
}

setInterval(show, 250);
onConnection((gone) => {
  byId('trouble').disabled = gone;
  // What applies is unknown until the stack says it.
  if (gone) for (const radio of byId('trouble').querySelectorAll('input')) radio.checked = false;
  show();
});

byId('trouble').addEventListener('change', ({ target }) =>
  once(byId('trouble'), note, async () => {
    try {
      await post('api/trouble', { trouble: target.value });
    } catch (error) {
      if (!isGone()) showTrouble(trouble); // the switch shows what applies
      throw error;
    }
  }),
);
onPress(byId('hurry'), note, () => post('api/hurry'));
onPress(byId('send-all-back'), note, () => post('api/send-back'));
