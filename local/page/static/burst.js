// Many messages at once, counted as they arrive.
import { byId, duration, element } from './element.js';
import { written } from './message.js';
import { onPress } from './press.js';
import { post } from './server.js';
import { titleOf } from './stations.js';

const COUNTS = [
  { key: 'done', title: 'handled' },
  { key: 'waiting', title: 'wait in the queue' },
  { key: 'givenUp', title: 'given up' },
  { key: 'failed', title: 'failed' },
  { key: 'refused', title: 'not published' },
];
const state = byId('burst-state');

/** Shows the last burst; undefined: there was none. */
export function showBurst(burst) {
  state.hidden = !burst;
  if (!burst) return;
  const { messages, users, published, done, reasons, median, slowest, took } = burst;
  const bar = element('span.bar', { 'aria-hidden': 'true' });
  for (const { key } of COUNTS) {
    const part = element('span', { 'data-part': key });
    part.style.flexGrow = String(burst[key]);
    bar.append(part);
  }
  const rest = element('span', { 'data-part': 'rest' });
  rest.style.flexGrow = String(messages - COUNTS.reduce((sum, { key }) => sum + burst[key], 0));
  bar.append(rest);
  const counts = COUNTS.filter(({ key }) => key === 'done' || burst[key] > 0).map(
    ({ key, title }) => `${burst[key]} ${title}`,
  );
  const lines = [
    `${published} of ${messages} published by ${users} users`,
    counts.join(', '),
    median === undefined
      ? ''
      : `handled: half within ${duration(median)}, the slowest in ${duration(slowest)}`,
    ...reasons.map(({ station, text, count }) => `${count} × ${titleOf(station)}: ${text}`),
    done === messages ? `All handled in ${duration(took)}` : '',
  ];
  const texts = lines.filter((line) => line !== '').map((line) => element('span', {}, line));
  state.replaceChildren(bar, ...texts);
  byId('burst-news').textContent = done === messages ? lines.at(-1) : '';
}

onPress(byId('burst'), byId('burst-note'), () => post('api/burst', { message: written().message }));
