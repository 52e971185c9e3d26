// Where the user writes. Enter sends, Shift and Enter begin a line.

/** From here on it shows how much room there is. */
const COUNTED_FROM = 400;

const form = document.getElementById('composer');
const field = document.getElementById('text');
const count = document.getElementById('count');

/** @param send is called with what the user wrote */
export function onSend(send) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.toWellFormed().trim();
    if (text === '') return;
    send(text);
    fill('');
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener('input', grow);
}

/** Puts a text into the field, and the focus. */
export function fill(text) {
  field.value = text;
  grow();
  field.focus();
}

function grow() {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
  const { length } = field.value;
  count.textContent = length < COUNTED_FROM ? '' : `${length} of ${field.maxLength} characters`;
}
