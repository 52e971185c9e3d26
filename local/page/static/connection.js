// Whether the stack is there. While it is not, nothing that needs it can be pressed, and each card says why.
import { byId, element } from './element.js';

const GONE = 'The stack has stopped. This works again by itself when it is back.';

/** Elements with this attribute need the stack. */
const needing = () => document.querySelectorAll('[data-needs-stack]');
const listeners = [];

export function isGone() {
  return document.body.dataset.stack === 'gone';
}

/** @param listener is called with whether the stack is gone, each time that this changes */
export function onConnection(listener) {
  listeners.push(listener);
}

export function showConnected() {
  show(false, 'connected');
}

export function showGone() {
  show(true, 'the stack has ended or is restarting');
}

function show(gone, text) {
  const badge = byId('connection');
  badge.dataset.state = gone ? 'failed' : 'done';
  badge.textContent = text;
  if (isGone() === gone) return;
  document.body.dataset.stack = gone ? 'gone' : 'there';
  for (const note of document.querySelectorAll('.stopped')) note.remove();
  // Not `disabled`: what has the focus keeps it, and says why it does nothing.
  for (const one of needing()) one.toggleAttribute('aria-disabled', false);
  if (gone) {
    for (const one of needing()) one.setAttribute('aria-disabled', 'true');
    const shown = [...needing()].filter((one) => !one.closest('[hidden]'));
    const cards = new Set(shown.map((one) => one.closest('.card')));
    for (const card of cards) card.querySelector('h2').after(element('p.stopped', {}, GONE));
  }
  for (const listener of listeners) listener(gone);
}

for (const kind of ['click', 'submit']) {
  document.addEventListener(
    kind,
    (event) => {
      const pressed = kind === 'submit' ? event.target : event.target.closest?.('[data-needs-stack]');
      if (!isGone() || !pressed) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
}
