// Judges a soak of the multi-language chat: what is in each language's history, and what was published for it.
import type { TopicMessage } from 'local-momento';
import * as v from 'valibot';
import { type ChatMessage, indexOfRef, LANGUAGES, type Language, planMessage } from './chat-plan';
import type { Chance } from './random';
import type { Verdict } from './verdict';

export interface ChatVerdict extends Verdict {
  /** The number of messages that were withheld, by reason. */
  readonly withheld: Readonly<Record<string, number>>;
  /** The number of items that were published once more, under the same id. */
  readonly publishedAgain: number;
}

export interface ChatSent {
  readonly chance: Chance;
  readonly indexes: readonly number[];
  /** The values in each language's sorted set. */
  readonly histories: ReadonlyMap<string, readonly string[]>;
  /** All that was published. */
  readonly items: readonly TopicMessage[];
  /** The numbers of the messages in the dead-letter queue. */
  readonly deadLetters: ReadonlySet<number>;
  readonly withheldAs: (index: number) => string | undefined;
  readonly wasAccepted: (index: number) => boolean;
}

const NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'français', ja: '日本語' };

const itemShape = v.looseObject({
  id: v.string(),
  userId: v.string(),
  at: v.number(),
  text: v.optional(v.string()),
  withheld: v.optional(v.object({ reason: v.string() })),
  ref: v.string(),
});
type Item = v.InferOutput<typeof itemShape>;

export function judgeChat(sent: ChatSent): ChatVerdict {
  const { chance, indexes, deadLetters, withheldAs, wasAccepted } = sent;
  const stored = new Map(
    LANGUAGES.map((language) => [language, byIndex(sent.histories.get(language) ?? [])]),
  );
  const heard = new Map(
    LANGUAGES.map((language) => {
      const ofTopic = sent.items.filter(({ topic }) => topic === `chat-${language}`);
      return [language, byIndex(ofTopic.map(({ text }) => String(text)))];
    }),
  );
  const copies = (index: number) => LANGUAGES.map((language) => stored.get(language)?.get(index) ?? []);
  const isWhole = (index: number) => copies(index).every(({ length }) => length === 1);
  const isHeard = (index: number) => LANGUAGES.every((language) => heard.get(language)?.has(index));
  const isDone = (index: number) =>
    withheldAs(index) === undefined ? isWhole(index) && isHeard(index) : isHeard(index);
  const isWrong = (index: number) => {
    const planned = planMessage(chance, index);
    const isWithheld = withheldAs(index) !== undefined;
    if (planned.isOffensive && wasAccepted(index) && !deadLetters.has(index) && !isWithheld) return true;
    return LANGUAGES.some((language) => {
      const inHistory = stored.get(language)?.get(index) ?? [];
      const all = [...inHistory, ...(heard.get(language)?.get(index) ?? [])];
      if (isWithheld && inHistory.length > 0) return true;
      return all.some((item) => !isAsPlanned(item, planned, language, isWithheld)) || idsOf(all) > 1;
    });
  };
  const known = new Set(indexes);
  const strangers = [...stored.values(), ...heard.values()].flatMap((all) =>
    [...all.keys()].filter((index) => !known.has(index)),
  );
  const wasForged = ({ userId }: Item) => userId === 'forged';
  const reasons = indexes.flatMap((index) => withheldAs(index) ?? []);
  const everyItem = [...heard.values()].flatMap((all) => [...all.values()]);
  return {
    sent: indexes.length,
    stored: indexes.filter(isWhole).length,
    deadLettered: deadLetters.size,
    lost: indexes.filter((index) => wasAccepted(index) && !isDone(index) && !deadLetters.has(index)),
    duplicated: indexes.filter((index) => copies(index).some(({ length }) => length > 1)),
    altered: [...indexes.filter(isWrong), ...strangers],
    forgedAccepted: everyItem.flat().filter(wasForged).length,
    givenUp: [...deadLetters],
    notTaken: indexes.filter((index) => !wasAccepted(index)),
    storedBy: {},
    withheld: Object.fromEntries(
      [...new Set(reasons)].map((reason) => [reason, reasons.filter((one) => one === reason).length]),
    ),
    publishedAgain: everyItem.reduce((sum, all) => sum + all.length - 1, 0),
  };
}

function isAsPlanned(item: Item, planned: ChatMessage, language: Language, isWithheld: boolean): boolean {
  if (item.userId !== planned.userId || item.at !== planned.at) return false;
  if (isWithheld) return item.text === undefined && item.withheld !== undefined;
  const isOwn = language === planned.language;
  return item.text === (isOwn ? planned.text : `${NAMES[language]}: ${planned.text}`);
}

function idsOf(items: readonly Item[]): number {
  return new Set(items.map(({ id }) => id)).size;
}

/** Items by the number of their message; -1 if none has such a reference. */
function byIndex(values: readonly string[]): Map<number, Item[]> {
  const found = new Map<number, Item[]>();
  for (const value of values) {
    const item = v.parse(itemShape, JSON.parse(value));
    const index = indexOfRef(item.ref);
    found.set(index, [...(found.get(index) ?? []), item]);
  }
  return found;
}
