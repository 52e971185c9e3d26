// One message's journey: a line that tells how it stands, and below it, unless it is folded, every station.
import { attackTitle } from './attack-list.js';
import { isGone } from './connection.js';
import { duration, element } from './element.js';
import { onPress } from './press.js';
import { post } from './server.js';
import { SIGNS, STATES, STATIONS, standing, statesOf } from './stations.js';
import { giveDetails } from './step-details.js';
import { userText } from './user-text.js';

/** @returns the row's element, how to show the journey's present state, and how to fold it unless the user unfolded it */
export function makeRow(first) {
  let journey = first;
  const stations = STATIONS.map((station) => makeStation(station, () => journey));
  const sign = element('span.sign', { 'aria-hidden': 'true' });
  const end = element('span.end');
  const request = element('code');
  const claim = element('p.claim', { hidden: '' });
  const back = sendBackButton(() => journey.id);
  const details = element(
    'details',
    {},
    element('summary', {}, sign, title(first), element('bdi.excerpt', {}, first.text), end),
    element('div.what', {}, userText(first.text), claim, request),
    element('ol.stations', {}, ...stations.map(({ item }) => item)),
    back,
  );
  const item = element('li.journey', { 'data-id': String(first.id) }, details);
  if (first.attack) item.classList.add('is-attack');
  let isChosen = false;
  details.querySelector('summary').addEventListener('click', () => {
    isChosen = true;
  });

  const show = (next) => {
    journey = next;
    const states = statesOf(journey);
    for (const [index, { show: showStation }] of stations.entries()) showStation(states[index]);
    const now = standing(journey);
    const state = now?.state ?? 'todo';
    item.dataset.state = state;
    sign.textContent = SIGNS[state];
    end.textContent = now?.text ?? '';
    request.textContent = journey.requestId ? `x-request-id ${journey.requestId}` : '';
    claim.hidden = journey.claims === undefined;
    claim.replaceChildren(...claimed(journey));
    back.hidden = state !== 'given-up';
  };
  const fold = (isFolded) => {
    if (!isChosen) details.open = !isFolded;
  };
  return { item, show, fold };
}

function title({ userId, place, attack }) {
  if (attack) return element('span.who', {}, element('b', {}, 'Attack'), ` ${attackTitle(attack.name)}`);
  const user = element('bdi', {}, userId || 'nobody');
  return element('span.who', {}, user, ' on ', element('bdi', {}, place));
}

/** What the message says of its author is a user's text, and changes nothing. */
function claimed({ claims = '', userId }) {
  const [forged, genuine] = [claims, userId || 'nobody'].map((name) => element('bdi', {}, name));
  return ['The message says that ', forged, ' wrote it. Only the token counts: ', genuine, ' did.'];
}

function makeStation({ key, title: name, checks }, journeyNow) {
  const sign = element('span.sign', { 'aria-hidden': 'true' });
  const button = element('button.title', { type: 'button' }, name);
  const label = element('span.hidden');
  const text = element('span.text', { dir: 'auto' });
  const at = element('span.at');
  const item = element('li', {}, sign, button, label, text, at);
  giveDetails(item, button, () => ({ title: name, checks, lines: linesOf(journeyNow(), key) }));
  const show = (state) => {
    const step = journeyNow().steps[key];
    item.dataset.state = state;
    sign.textContent = SIGNS[state];
    label.textContent = step ? ` ${STATES[state]}: ` : ' ';
    text.textContent = step?.text ?? STATES[state];
    at.textContent = step ? `+${duration(step.at)}` : '';
  };
  return { item, show };
}

/** The webhook tells of the outcome too, unless a redrive does. */
function linesOf({ logs }, key) {
  const of = (station) => logs.filter((one) => one.station === station).map(({ line }) => line);
  const own = of(key);
  return key === 'outcome' && own.length === 0 ? of('webhook') : own;
}

function sendBackButton(id) {
  const button = element('button', { type: 'button', 'data-needs-stack': '' }, 'Send it back');
  const note = element('span.note', { role: 'status' });
  if (isGone()) button.setAttribute('aria-disabled', 'true');
  onPress(button, note, () => post('api/send-back', { journey: id() }));
  return element('p.back', {}, button, note);
}
