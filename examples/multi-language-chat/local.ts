// How to show the chat, on this machine and after a deploy: the newest messages of a language, as a late reader sees them.
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from '../../handlers/core/parse';
import type { Access, LocalApplication } from '../../local/application';
import { readElements, removeElements, removeSet } from '../../local/elements';
import { chatIn } from './languages';
import { startTranslate } from './local-translate';
import { message } from './message';

/** The message of `npm run verify` has a reference like this, which is its place: all others stay when it is removed. */
const PROBE = /^verify-/;
/** More than a language keeps. */
const ALL = 20_000;

const item = v.object({
  userId: v.string(),
  at: v.number(),
  text: v.string(),
  original: v.optional(v.string()),
  ref: v.optional(v.string()),
});

export const local: LocalApplication = {
  placeName: 'language',
  store: { name: 'Amazon Translate', operation: 'TranslateText' },
  example: { userId: 'taylor', text: 'Hello, everybody!' },
  probe: (mark) => ({ text: `Hello from npm run verify: ${mark}`, ref: `verify-${mark}` }),
  describe(given) {
    const { text, ref = '' } = parse(message.received, given);
    return { place: PROBE.test(ref) ? ref : 'en', text, done: 'published in each language' };
  },
  async read(place, access, limit) {
    const found = await readElements(chatIn(languageOf(place, access)), { ...access, limit });
    return found
      .map(({ value }) => itemOf(value))
      .filter(({ ref }) => !PROBE.test(place) || ref === place)
      .map(({ userId, at, text, original }) => ({ userID: userId, text, original, at: new Date(at) }));
  },
  async remove(place, access) {
    if (!PROBE.test(place)) return removeSet(chatIn(languageOf(place, access)), access);
    for (const language of languagesOf(access)) {
      const set = chatIn(language);
      const values = (await readElements(set, { ...access, limit: ALL })).map(({ value }) => value);
      await removeElements(
        set,
        values.filter((value) => itemOf(value).ref === place),
        access,
      );
    }
  },
  startServices: async () => [await startTranslate()],
  site: { name: 'chat', folder: join(__dirname, 'client') },
};

function itemOf(value: string): v.InferOutput<typeof item> {
  return v.parse(item, JSON.parse(value));
}

/** A place that is none of the chat's languages stands for the first of them. */
function languageOf(place: string, access: Access): string {
  const languages = languagesOf(access);
  return languages.find((one) => one === place) ?? languages[0] ?? place;
}

function languagesOf({ outputs }: Access): string[] {
  const { languages } = outputs;
  if (!languages) throw new Error('the stack has no output languages: run pulumi up');
  return languages.split(',');
}
