// Each message's journey: one row per message, four stations per row.
import { byId, duration, element } from './element.js';

const STATIONS = [
  { key: 'token', title: 'Token', todo: 'for the user' },
  { key: 'topic', title: 'Topic', todo: 'published' },
  { key: 'webhook', title: 'Webhook', todo: 'verified' },
  { key: 'outcome', title: 'Outcome', todo: 'not yet' },
];
const SIGNS = { todo: '·', done: '✓', waiting: '…', failed: '✕' };
const STATES = { todo: 'not yet', done: 'done', waiting: 'waiting', failed: 'failed' };
const SHOWN = 30;

const rows = new Map();

function makeRow(journey) {
  const stations = STATIONS.map(({ title }) => {
    const sign = element('span.sign', { 'aria-hidden': 'true' });
    const state = element('span.hidden');
    const text = element('span.text');
    const at = element('span.at');
    const item = element('li', {}, sign, element('span.title', {}, title), state, text, at);
    return { item, sign, state, text, at };
  });
  const request = element('code');
  const who = element('p.who', {}, element('b', {}, journey.userId || 'nobody'), ' on ');
  who.append(element('b', {}, journey.place));
  const item = element(
    'li.journey',
    {},
    element('div.what', {}, who, element('p.comment', {}, journey.text), request),
    element('ol.stations', {}, ...stations.map((station) => station.item)),
  );
  return { item, stations, request };
}

/** Shows the current state of a journey. */
function show(journey) {
  const row = rows.get(journey.id) ?? makeRow(journey);
  if (!rows.has(journey.id)) {
    rows.set(journey.id, row);
    byId('journeys').prepend(row.item);
    byId('nothing-yet').hidden = true;
  }
  row.item.dataset.id = String(journey.id);
  row.request.textContent = journey.requestId ? `x-request-id ${journey.requestId}` : '';
  for (const [index, { key, todo }] of STATIONS.entries()) {
    const step = journey.steps[key];
    const station = row.stations[index];
    const state = step?.state ?? 'todo';
    station.item.dataset.state = state;
    station.sign.textContent = SIGNS[state];
    station.state.textContent = ` ${STATES[state]}: `;
    station.text.textContent = step?.text ?? todo;
    station.at.textContent = step ? `+${duration(step.at)}` : '';
  }
  while (rows.size > SHOWN) {
    const [oldest] = rows.keys();
    rows.get(oldest).item.remove();
    rows.delete(oldest);
  }
}

export function showJourney(journey) {
  const before = rows.get(journey.id)?.stations.at(-1)?.item.dataset.state;
  show(journey);
  const last = journey.steps.outcome;
  if (last && last.state !== before)
    byId('news').textContent = `The message of ${journey.userId}: ${last.text}`;
}

/** Shows all journeys that the server remembers, newest first. After a broken connection it may have restarted. */
export function showJourneys(journeys) {
  rows.clear();
  byId('journeys').replaceChildren();
  byId('nothing-yet').hidden = journeys.length > 0;
  for (const journey of [...journeys].reverse()) show(journey);
}
