// How one message looks. Texts of users are text, in their own direction and language.
import { element } from './element.js';
import { nameOf } from './languages.js';

const HUES = 8;

const REASONS = {
  profanity: 'it has a word that is not welcome here',
  rate: 'you wrote too many messages within a minute. Wait a little',
};

const STATES = {
  sending: 'Sending…',
  sent: 'Sent. It is being translated…',
  slow: 'Sent. The translation takes longer than usual.',
  failed: 'Not sent.',
};

/** A message that everybody sees: in the reader's language, but one's own as one wrote it. */
export function message(item, { isOwn, language }) {
  const { userId, at, from, original, shortened } = item;
  const isTranslated = original !== undefined && !isOwn;
  const text = isOwn ? (original ?? item.text) : item.text;
  const lang = isTranslated || shortened ? language : from;
  const bubble = element('div', { className: 'bubble' }, name(userId, isOwn));
  bubble.append(element('p', { className: 'text', dir: 'auto', lang }, text));
  const meta = element('p', { className: 'meta' }, time(at));
  bubble.append(meta);
  if (isTranslated) meta.append(originalOf(bubble, meta, { original, from }));
  if (shortened) meta.append(element('span', {}, 'Shortened'));
  return line({ userId, at, isOwn, state: 'shown' }, bubble);
}

/** This user's own, on its way. */
export function pending({ ref, text, at, state }, { userId, again }) {
  const status = element('span', {}, STATES[state]);
  const meta = element('p', { className: 'meta' }, status);
  if (state === 'failed') {
    meta.append(
      element('button', { className: 'plain', type: 'button', onclick: () => again(ref) }, 'Try again'),
    );
  }
  const bubble = element('div', { className: 'bubble' }, name(userId, true));
  bubble.append(element('p', { className: 'text', dir: 'auto' }, text), meta);
  return line({ userId, at, isOwn: true, state }, bubble);
}

/** Tells its sender that a message is not shown to anybody, and why. */
export function withheld({ userId, at, withheld: { reason } }, { text, edit }) {
  const why = REASONS[reason] ?? reason;
  const bubble = element('div', { className: 'bubble' });
  bubble.append(
    element('p', { className: 'why' }, element('strong', {}, 'Nobody sees this message:'), ` ${why}.`),
  );
  if (text !== undefined) {
    bubble.append(element('p', { className: 'text', dir: 'auto' }, text));
    const button = element(
      'button',
      { className: 'plain', type: 'button', onclick: () => edit(text) },
      'Edit it',
    );
    bubble.append(element('p', { className: 'meta' }, button));
  }
  return line({ userId, at, isOwn: true, state: 'withheld' }, bubble);
}

function line({ userId, at, isOwn, state }, bubble) {
  const initial = [...userId.trim()][0]?.toUpperCase() ?? '?';
  const avatar = element(
    'span',
    { className: 'avatar', 'aria-hidden': 'true', dataset: { hue: hueOf(userId) } },
    initial,
  );
  const made = element('li', { dataset: { state, at: String(at), user: userId } }, avatar, bubble);
  if (isOwn) made.dataset.own = '';
  return made;
}

function name(userId, isOwn) {
  const shown = isOwn ? element('span', { className: 'unseen' }, 'You') : element('bdi', {}, userId);
  return element('p', { className: 'who' }, shown);
}

function time(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const shown = date.toLocaleString([], { timeStyle: 'short', ...(!isToday && { dateStyle: 'medium' }) });
  return element('time', { dateTime: date.toISOString() }, shown);
}

function originalOf(bubble, meta, { original, from }) {
  const text = element('p', { className: 'original', dir: 'auto', lang: from, hidden: true }, original);
  bubble.insertBefore(text, meta);
  const translated = from === 'und' ? 'Translated' : `Translated from ${nameOf(from)}`;
  const button = element('button', { className: 'plain', type: 'button', 'aria-expanded': 'false' });
  const show = (isShown) => {
    text.hidden = !isShown;
    button.setAttribute('aria-expanded', String(isShown));
    button.textContent = isShown ? 'Hide the original' : translated;
  };
  button.onclick = () => show(text.hidden);
  show(false);
  return button;
}

/** The same colour for the same name, in every browser. */
function hueOf(userId) {
  let sum = 0;
  for (const character of userId) sum = (sum * 31 + character.codePointAt(0)) % 65_536;
  return String(sum % HUES);
}
