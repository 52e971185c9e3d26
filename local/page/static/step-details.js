// What a step checked, with its log lines: beside the station that is pointed at, has the focus, or was tapped.
import { byId, element } from './element.js';

const LINES_SHOWN = 3;
const box = byId('step-details');
let shownFor;

/** @param details returns what to show now: `{ title, checks, lines }` */
export function giveDetails(station, button, details) {
  const show = () => open(station, button, details());
  station.addEventListener('pointerenter', ({ pointerType }) => pointerType === 'mouse' && show());
  station.addEventListener('pointerleave', ({ relatedTarget }) => {
    if (!box.contains(relatedTarget) && document.activeElement !== button) close();
  });
  button.addEventListener('focus', () => button.matches(':focus-visible') && show());
  button.addEventListener('blur', close);
  button.addEventListener('click', show);
}

function open(station, button, { title, checks, lines }) {
  close();
  shownFor = button;
  const logged = lines.slice(-LINES_SHOWN).map((line) => element('pre', {}, line));
  const log = logged.length > 0 ? [element('h4', {}, 'From the log'), ...logged] : [];
  const list = element('ul', {}, ...checks.map((check) => element('li', {}, check)));
  box.replaceChildren(element('h3', {}, title), list, ...log);
  button.setAttribute('aria-describedby', box.id);
  box.showPopover();
  const { left, bottom, top } = station.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const isBelow = bottom + height <= innerHeight || top < height;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  box.style.top = `${isBelow ? bottom : top - height}px`;
}

function close() {
  shownFor?.removeAttribute('aria-describedby');
  shownFor = undefined;
  if (box.matches(':popover-open')) box.hidePopover();
}

box.addEventListener('pointerleave', () => document.activeElement !== shownFor && close());
document.addEventListener('keydown', ({ key }) => key === 'Escape' && close());
document.addEventListener('pointerdown', ({ target }) => {
  if (shownFor && !box.contains(target) && !shownFor.contains(target)) close();
});
for (const moved of ['scroll', 'resize']) addEventListener(moved, close, { capture: true, passive: true });
