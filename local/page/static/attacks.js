// The attacks, and the answers that came back.
import { byId, duration, element } from './element.js';
import { written } from './message.js';
import { showPlace } from './place.js';
import { post } from './server.js';

const ATTACKS = [
  {
    key: 'forged',
    title: 'Forge a signature',
    what: 'Sends an event in taylor’s name, signed with a guessed secret.',
  },
  {
    key: 'tampered',
    title: 'Tamper with a body',
    what: 'Sends a genuine event with its signature, but changes the user.',
  },
  { key: 'replayed', title: 'Replay an event', what: 'Sends a genuine event a second time.' },
  { key: 'stale', title: 'Send a stale event', what: 'Sends a genuine event two minutes late.' },
  {
    key: 'unsigned',
    title: 'Call it unsigned',
    what: 'Calls the publisher in taylor’s name, without an AWS signature.',
  },
];
const VERDICTS = { refused: 'Refused', harmless: 'Changed nothing', succeeded: 'Got through' };

function makeAttack({ key, title, what }) {
  const button = element('button', { type: 'button', 'data-attack': key }, title);
  const result = element('div.result', { role: 'status' });
  button.addEventListener('click', async () => {
    button.setAttribute('aria-busy', 'true');
    try {
      result.replaceChildren(
        ...report(await post('api/attack', { attack: key, message: written().message })),
      );
      await showPlace();
    } catch (error) {
      result.replaceChildren(element('p.answer', {}, error.message));
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
  return element('li', {}, button, element('p.hint', {}, what), result);
}

function report({ verdict, summary, request, answer, ms }) {
  const details = element(
    'details',
    {},
    element('summary', {}, 'Request and answer'),
    element('pre', { tabindex: '0', 'aria-label': 'Request' }, request),
    element('pre', { tabindex: '0', 'aria-label': 'Answer' }, answer),
  );
  return [
    element('p.verdict', { 'data-verdict': verdict }, element('b', {}, VERDICTS[verdict])),
    element('p.summary', {}, `${summary}, in ${duration(ms)}`),
    details,
  ];
}

byId('attacks').append(...ATTACKS.map(makeAttack));
