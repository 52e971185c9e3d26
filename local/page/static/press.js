// Buttons that do something: once for each press, however fast, and with their failure beside them.
import { element } from './element.js';

/**
 * Runs `work` for a press of the button, unless an earlier one still runs or this is the second half of a double click.
 * @param note the element that tells why it failed
 */
export function onPress(button, note, work) {
  button.addEventListener('click', (event) => {
    if (event.detail <= 1) once(button, note, work);
  });
}

/** As for a press. */
export async function once(button, note, work) {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  note.replaceChildren();
  try {
    await work();
  } catch (error) {
    note.replaceChildren(element('span.failure', {}, error.message));
  } finally {
    button.removeAttribute('aria-busy');
  }
}
