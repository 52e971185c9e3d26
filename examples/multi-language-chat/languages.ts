// The languages of the chat, and the names of what each of them has.

/** Amazon Translate's codes ("Supported languages and language codes" in its Developer Guide). */
export const TRANSLATED: ReadonlySet<string> = new Set(
  (
    'af am ar az bg bn bs ca cs cy da de el en es es-MX et fa fa-AF fi fr fr-CA ga gu ha he hi hr ht hu hy id is it ja ka kk kn ' +
    'ko lt lv mk ml mn mr ms mt nl no pa pl ps pt pt-PT ro ru si sk sl so sq sr sv sw ta te th tl tr uk ur uz vi zh zh-TW'
  ).split(' '),
);

/** The most languages of a chat: each message is translated into all of them before Momento stops waiting. */
export const LANGUAGES_AT_MOST = 20;

/** The languages in a list such as `en, es`. Undefined if one is unknown or named twice, or if there are none or too many. */
export function languagesIn(list: string): string[] | undefined {
  const languages = list.split(',').map((one) => one.trim());
  const isRight =
    languages.length <= LANGUAGES_AT_MOST &&
    new Set(languages).size === languages.length &&
    languages.every((one) => TRANSLATED.has(one));
  return isRight ? languages : undefined;
}

/** The topic to which the messages in a language are published, and the sorted set that holds the newest of them. */
export function chatIn(language: string): string {
  return `chat-${language}`;
}
