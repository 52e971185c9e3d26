// The messages of a chat's soak: all of them follow from the seed.
import lists from 'naughty-words';
import type { Chance } from './random';

export const LANGUAGES = ['en', 'fr', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

const USERS = 50;
const FIRST_PUBLISHED_AT = Date.UTC(2026, 0, 1);
/** Twelve messages per user and minute on average. */
const APART_MS = 100;

/** Sentences, in whose language the stand-in for Translate has no doubt. */
const SENTENCES: Readonly<Record<Language, readonly string[]>> = {
  en: ['hello everybody', 'this is what I mean', 'good morning to all of you'],
  fr: ['bonjour à tous', 'je suis très content', 'merci pour le café'],
  ja: ['こんにちは', 'おはようございます', 'これはペンです'],
};

export interface ChatMessage {
  readonly userId: string;
  readonly at: number;
  readonly language: Language;
  readonly text: string;
  readonly ref: string;
  readonly isOffensive: boolean;
}

export function planMessage(chance: Chance, index: number): ChatMessage {
  const language = LANGUAGES[chance.below(LANGUAGES.length, 'language', index)] ?? 'en';
  const sentences = SENTENCES[language];
  const sentence = sentences[chance.below(sentences.length, 'sentence', index)] ?? '';
  const isOffensive = chance.roll('offensive', index) < 0.02;
  const [word = ''] = (lists[language] ?? []).filter((one) => /^\p{L}{4,}$/u.test(one));
  const isCommon = chance.roll('common', index) < 0.1; // others write the same
  return {
    userId: `user-${chance.below(USERS, 'chat user', index)}`,
    at: FIRST_PUBLISHED_AT + index * APART_MS,
    language,
    text: [sentence, ...(isOffensive ? [word] : []), ...(isCommon ? [] : [`#${index}#`])].join(' '),
    ref: `m-${index}`,
    isOffensive,
  };
}

/** The number of the message with this reference. */
export function indexOfRef(ref: unknown): number {
  const [, digits] = /^m-(\d+)$/.exec(String(ref)) ?? [];
  return digits === undefined ? -1 : Number(digits);
}
