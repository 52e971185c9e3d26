// Whether a text has a word that is listed as offensive in its language. The lists are those of LDNOOBW (CC BY 4.0).
import lists from 'naughty-words';

/** Languages that are written without spaces: a listed word of two characters or more counts wherever it stands. */
const UNSPACED: ReadonlySet<string> = new Set(['ja', 'th', 'zh']);

const listed = new Map<string, readonly string[]>();

/**
 * Only the list of the text's own language counts: what offends in one language is an everyday word in another.
 * @param language Amazon Translate's code; a language without a list has no offensive words
 */
export function isOffensive(text: string, language: string): boolean {
  const [base = language] = language.split('-');
  const words = wordsOf(base);
  const sentence = spaced(text);
  if (words.some((word) => sentence.includes(word))) return true;
  if (!UNSPACED.has(base)) return false;
  const unspaced = sentence.replaceAll(' ', '');
  return words.some((word) => {
    const joined = word.replaceAll(' ', '');
    return [...joined].length > 1 && unspaced.includes(joined);
  });
}

function wordsOf(language: string): readonly string[] {
  const known = listed.get(language);
  if (known) return known;
  const words = (lists[language] ?? []).map(spaced).filter((word) => word.trim() !== '');
  listed.set(language, words);
  return words;
}

/** The words of a text in lower case, with a space on each side of each. */
function spaced(text: string): string {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return ` ${words.join(' ')} `;
}
