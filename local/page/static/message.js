// The form for a message, with a field for each field of the application's messages.
import { byId, element } from './element.js';

const form = byId('publish');
let example = {};

/** Of a user and a place, as the handlers take them. */
const NOT_BLANK = '.*\\S.*';

/** Makes the fields once: what the user has typed stays, also when the stack restarts. */
export function showFields(next) {
  if (Object.keys(example).join() === Object.keys(next).join()) return;
  example = next;
  const fields = Object.entries(next).map(([name, value]) =>
    fieldFor(name, String(value), name === lastOf(next)),
  );
  const texts = fields.filter(({ input }) => input.localName === 'textarea');
  const short = fields.filter((field) => !texts.includes(field));
  byId('fields').replaceChildren(
    element('div.pair', {}, ...short.map(({ item }) => item)),
    ...texts.map(({ item }) => item),
  );
}

function fieldFor(name, value, isLong) {
  if (!isLong) {
    const checks = { required: '', pattern: NOT_BLANK };
    const input = element('input', { name, value, dir: 'auto', ...checks, spellcheck: 'false' });
    return { input, item: element('label', {}, labelOf(name), input) };
  }
  const input = element('textarea', { id: name, name, rows: '2', dir: 'auto', required: '' }, value);
  return { input, item: element('div', {}, element('label', { for: name }, labelOf(name)), input) };
}

function lastOf(fields) {
  return Object.keys(fields).at(-1);
}

/** Labels: `userId` becomes "User", `courseId` "Course". */
function labelOf(name) {
  const words = name.replace(/Id$/, '').replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The form's values: the user and the message. A field is a number if the example's is. */
export function written() {
  const given = Object.entries(Object.fromEntries(new FormData(form))).map(([name, text]) => [
    name,
    typeof example[name] === 'number' && /^-?\d{1,15}$/.test(text) ? Number(text) : text,
  ]);
  const { userId, ...message } = Object.fromEntries(given);
  return { userId, message };
}
