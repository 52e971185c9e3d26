// The relay, if the stack has one: how it stands, and what breaks it.
import { byId } from './element.js';
import { onPress } from './press.js';
import { post } from './server.js';

const WORDS = {
  following: 'follows the topic',
  frozen: 'is frozen',
  'not subscribed': 'is subscribing again',
};
const buttons = [...byId('relay').querySelectorAll('button')];

/** @param relay undefined without one */
export function showRelay(relay) {
  byId('relay').hidden = !relay;
  if (!relay) return;
  const { state, behind, resumedAt } = relay;
  byId('relay-state').dataset.state = state === 'following' ? 'done' : 'waiting';
  const resumed =
    resumedAt === undefined || state !== 'following' ? '' : `; it continued at message ${resumedAt}`;
  byId('relay-state').textContent = `It ${WORDS[state]}${resumed}`;
  byId('behind').textContent = String(behind);
  byId('behind').closest('div').dataset.state = behind > 0 ? 'some' : 'none';
  for (const button of buttons) {
    const { relay: trouble } = button.dataset;
    button.hidden = trouble === (state === 'frozen' ? 'freeze' : 'thaw');
  }
}

for (const button of buttons) {
  onPress(button, byId('relay-note'), () => post('api/relay', { trouble: button.dataset.relay }));
}
