// The list of messages: in the order of their times, followed to its end while the reader is there.

/** Messages of one user within this time stand together, under one name. */
const TOGETHER_MS = 180_000;
/** How near to the end the reader counts as being there, in pixels. */
const NEAR = 80;

const log = document.getElementById('log');
const list = document.getElementById('messages');
const newest = document.getElementById('newest');
const nothingYet = document.getElementById('nothing-yet');

/** Whether the reader is at the end. */
let follows = true;

log.tabIndex = 0; // it scrolls
newest.addEventListener('click', () => {
  toEnd();
  log.focus();
});
log.addEventListener('scroll', () => {
  follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  if (follows) newest.hidden = true;
});
const observer = new ResizeObserver(() => {
  if (follows) toEnd();
});
for (const one of [log, list]) observer.observe(one);

/** Puts it where its time belongs, in place of another if there is one. */
export function place(item, instead) {
  instead?.remove();
  const at = Number(item.dataset.at);
  let before = list.lastElementChild;
  while (before !== null && Number(before.dataset.at) > at) before = before.previousElementSibling;
  if (before === null) list.prepend(item);
  else before.after(item);
  for (const one of [item, item.nextElementSibling]) if (one !== null) group(one);
  nothingYet.hidden = true;
  if (follows || 'own' in item.dataset) toEnd();
  else newest.hidden = false;
}

/** The time of the last message, in milliseconds since the epoch; 0 if there is none. */
export function endsAt() {
  return Number(list.lastElementChild?.dataset.at ?? 0);
}

export function remove(item) {
  const next = item.nextElementSibling;
  item.remove();
  if (next !== null) group(next);
}

export function clear() {
  list.replaceChildren();
  toEnd();
  nothingYet.hidden = true;
}

/** While it is loaded, nothing of it is read out. */
export function setLoading(isLoading) {
  log.setAttribute('aria-busy', String(isLoading));
  if (!isLoading) nothingYet.hidden = list.childElementCount > 0;
}

function group(item) {
  const { previousElementSibling: before } = item;
  const isTogether =
    before !== null &&
    before.dataset.user === item.dataset.user &&
    Number(item.dataset.at) - Number(before.dataset.at) < TOGETHER_MS;
  item.classList.toggle('together', isTogether);
}

function toEnd() {
  follows = true;
  newest.hidden = true;
  log.scrollTop = log.scrollHeight;
}
