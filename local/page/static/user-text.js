// A text that a user wrote: as text, in its own direction, and folded if it is long.
import { element } from './element.js';

const LONG = 300;
const MANY_LINES = 6;

export function userText(text) {
  const paragraph = element('p.comment', { dir: 'auto' }, text);
  if (text.length <= LONG && text.split('\n').length <= MANY_LINES) return paragraph;
  paragraph.classList.add('folded');
  const all = `Show all ${text.length.toLocaleString('en')} characters`;
  const button = element('button.quiet', { type: 'button', 'aria-expanded': 'false' }, all);
  button.addEventListener('click', () => {
    const isFolded = paragraph.classList.toggle('folded');
    button.setAttribute('aria-expanded', String(!isFolded));
    button.textContent = isFolded ? all : 'Show less';
  });
  return element('div', {}, paragraph, button);
}
