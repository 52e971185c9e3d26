// The attacks, and the answers that came back.
import { ATTACKS } from './attack-list.js';
import { curl } from './curl.js';
import { byId, duration, element } from './element.js';
import { written } from './message.js';
import { showPlace } from './place.js';
import { onPress } from './press.js';
import { post } from './server.js';

const VERDICTS = { refused: 'Refused', harmless: 'Changed nothing', succeeded: 'Got through' };

function makeAttack({ key, title, what }) {
  const attributes = { type: 'button', 'data-attack': key, 'data-needs-stack': '' };
  const button = element('button', attributes, title);
  const result = element('div.result', { role: 'status' });
  onPress(button, result, async () => {
    const done = await post('api/attack', { attack: key, message: written().message });
    result.replaceChildren(...report(done));
    await showPlace();
  });
  return element('li', {}, button, element('p.hint', {}, what), result);
}

function report({ verdict, summary, request, answer, ms }) {
  const { url, headers, body } = request;
  const { host, pathname } = new URL(url);
  const head = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const sent = [`POST ${pathname}`, ...head, '', body].join('\n');
  const details = element('details', {}, element('summary', {}, 'Request and answer'));
  for (const [name, text] of Object.entries({ Request: sent, Answer: answer, 'With curl': curl(request) })) {
    details.append(
      element('h3', {}, name),
      element('pre', { tabindex: '0', role: 'group', 'aria-label': name }, text),
    );
  }
  return [
    element('p.verdict', { 'data-verdict': verdict }, element('b', {}, VERDICTS[verdict])),
    element('p.summary', {}, `${summary}, in ${duration(ms)}`),
    details,
  ];
}

byId('attacks').append(...ATTACKS.map(makeAttack));
