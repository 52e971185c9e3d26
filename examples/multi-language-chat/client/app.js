// The chat's page: signs in, keeps the link up, and shows what was said and what is on its way.
import * as bubble from './bubble.js';
import { fill, onSend } from './composer.js';
import { Conversation } from './conversation.js';
import { element } from './element.js';
import { keep, ownName, preferred } from './languages.js';
import { Link } from './link.js';
import * as log from './log.js';
import { Outbox } from './outbox.js';

/** A shorter break is only told in the header. */
const TOLD_AFTER_MS = 1_500;

const STATES = {
  connecting: 'Connecting…',
  live: 'Connected',
  down: 'Connecting again…',
};
const DOWN = 'Your connection is down. It comes back by itself, and what you write is sent then.';

const connection = document.getElementById('connection');
const broken = document.getElementById('break');
const select = document.getElementById('language');

let conversation = new Conversation();
let userId = '';
let language = '';
let telling;
/** The list's items of pending messages, by reference. */
const pending = new Map();

const outbox = new Outbox(
  (text) => link.publish(text),
  (message) => {
    const item = bubble.pending(message, { userId, again: (ref) => outbox.again(ref) });
    log.place(item, pending.get(message.ref));
    pending.set(message.ref, item);
  },
);

const link = new Link({
  token(token) {
    ({ userId, language } = token);
    document.getElementById('user').textContent = userId;
    document.getElementById('me').hidden = false;
    select.replaceChildren(
      ...token.languages.map((code) =>
        element('option', { value: code, lang: code, selected: code === language }, ownName(code)),
      ),
    );
    select.disabled = false;
  },
  texts(texts, isHistory) {
    for (const text of texts) show(text);
    if (isHistory) log.setLoading(false);
  },
  state(state) {
    if (state === 'signed out') return location.assign('sign-in');
    connection.dataset.state = state;
    connection.textContent = STATES[state];
    clearTimeout(telling);
    if (state === 'down') telling = setTimeout(() => tellBreak(DOWN), TOLD_AFTER_MS);
    if (state === 'live') tellBreak('');
  },
});

function tellBreak(text) {
  broken.textContent = text;
  broken.hidden = text === '';
}

function show(text) {
  const item = conversation.add(text);
  if (item === undefined) return;
  const isOwn = item.userId === userId;
  const written = isOwn ? outbox.remove(item.ref) : undefined;
  const before = isOwn ? pending.get(item.ref) : undefined;
  if (isOwn) pending.delete(item.ref);
  if (item.withheld === undefined) log.place(bubble.message(item, { isOwn, language }), before);
  else if (isOwn) log.place(bubble.withheld(item, { text: written?.text, edit: fill }), before);
}

function speak(code) {
  conversation = new Conversation();
  log.clear();
  for (const item of pending.values()) log.place(item);
  log.setLoading(true);
  void link.keepUp(code);
}

select.addEventListener('change', () => {
  keep(select.value);
  speak(select.value);
});
onSend((text) => outbox.add(text, log.endsAt()));
speak(preferred());
