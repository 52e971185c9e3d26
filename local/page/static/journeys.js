// The list of journeys: the newest in full, older ones folded to a line.
import { byId } from './element.js';
import { makeRow } from './journey-row.js';
import { standing } from './stations.js';

const SHOWN = 30;
const IN_FULL = 3;

/** By the journey's id, oldest first. */
const rows = new Map();

function show(journey) {
  if (!rows.has(journey.id)) {
    const row = makeRow(journey);
    rows.set(journey.id, row);
    byId('journeys').prepend(row.item);
    byId('nothing-yet').hidden = true;
    while (rows.size > SHOWN) {
      const [oldest] = rows.keys();
      rows.get(oldest).item.remove();
      rows.delete(oldest);
    }
    for (const [index, one] of [...rows.values()].reverse().entries()) one.fold(index >= IN_FULL);
  }
  rows.get(journey.id).show(journey);
}

export function showJourney(journey) {
  const before = rows.get(journey.id)?.item.dataset.state;
  show(journey);
  const { state, text } = standing(journey) ?? {};
  if (journey.attack || state === before || !(journey.steps.outcome || state === 'failed')) return;
  byId('news').textContent = `The message of ${journey.userId || 'nobody'}: ${text}`;
}

/** Shows all journeys that the server remembers, newest first. After a broken connection it may have restarted. */
export function showJourneys(journeys) {
  rows.clear();
  byId('journeys').replaceChildren();
  byId('nothing-yet').hidden = journeys.length > 0;
  for (const journey of [...journeys].reverse()) show(journey);
}
