// Languages: their names, and which of the chat's is the user's.

const KEPT = 'language';

/** The name in the language itself, such as "Deutsch". */
export function ownName(code) {
  return nameIn(code, code);
}

/** The name in the language of this page. */
export function nameOf(code) {
  return nameIn('en', code);
}

function nameIn(locale, code) {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The language to ask for at first: the one chosen before, or the browser's. */
export function preferred() {
  return localStorage.getItem(KEPT) ?? navigator.language.split('-')[0];
}

export function keep(code) {
  localStorage.setItem(KEPT, code);
}
