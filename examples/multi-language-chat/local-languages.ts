// Tells the language of a text well enough for trying the chat on one's own machine: by its script, or by common words.

/** Scripts that one language, or a first guess, stands for. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Han}/u, 'zh'],
  [/\p{Script=Devanagari}/u, 'hi'],
  [/\p{Script=Arabic}/u, 'ar'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Cyrillic}/u, 'ru'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Thai}/u, 'th'],
];

/** Words of Latin script that are common in one of these languages and rare in the others. */
const WORDS: Readonly<Record<string, string>> = {
  de: 'aber auch auf das der die ein eine guten hallo ich ihr ist mit nicht sie tag und was wie wir',
  es: 'buenos como cómo con días el ella es está gracias hola los las muy no pero por que qué todos una y',
  fr: 'au avec bonjour ce comment dans des elle est et il je le les merci mais nous pas pour salut très tout une vous',
  nl: 'aan dag dat deze een en goed goedemorgen hallo het hoe iedereen ik je maar met niet voor van wat zijn',
  it: 'ciao buongiorno che come con di grazie il io non per sono tutti',
  pt: 'bom dia obrigado olá não para todos uma você com',
  en: 'a all and are everybody for good hello hi how i is it morning my not of the this to what with you',
};

const vocabulary = Object.entries(WORDS).map(([language, words]) => ({
  language,
  words: new Set(words.split(' ')),
}));

/** Amazon Translate's code of the language, English for unknown words. Undefined if there are no words. */
export function languageOf(text: string): string | undefined {
  const script = SCRIPTS.find(([pattern]) => pattern.test(text));
  if (script) return script[1];
  const words = text.toLowerCase().match(/\p{L}+/gu);
  if (!words) return undefined;
  const counted = vocabulary.map(({ language, words: own }) => ({
    language,
    count: words.filter((word) => own.has(word)).length,
  }));
  const best = counted.reduce((one, other) => (other.count > one.count ? other : one));
  return best.count > 0 ? best.language : 'en';
}
