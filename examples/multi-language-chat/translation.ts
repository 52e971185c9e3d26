// Translations by Amazon Translate. Each is kept for a day: the same text is paid for once, and each try to handle an event
// gets the same translation, whatever Translate would answer the next time.
import { createHash } from 'node:crypto';
import {
  DetectedLanguageLowConfidenceException,
  TranslateClient,
  TranslateTextCommand,
  UnsupportedLanguagePairException,
} from '@aws-sdk/client-translate';
import { patience } from '../../handlers/adapters/aws-patience';
import type { CacheSettings } from '../../handlers/adapters/cache';
import { FirstValues } from '../../handlers/adapters/first-values';
import { TRANSLATED } from './languages';

/** ISO 639-2's code for a language that cannot be told. */
export const UNDETERMINED = 'und';

/** One try, so that a language that fails leaves time for the others. The queue tries again at once. */
const client = new TranslateClient({ maxAttempts: 1, requestHandler: patience(400, 900) });

/** A text whose language is known. */
export interface Source {
  /** Translate's code of the language, or `UNDETERMINED`. */
  readonly from: string;
  /** The text in a language, or as it is if Translate cannot translate it. Throws if Translate fails. */
  into(language: string): Promise<string>;
}

export class Translation {
  readonly #kept: FirstValues;

  /** @param settings `ttlSeconds`: how long a translation is kept */
  constructor(
    settings: CacheSettings,
    private readonly languages: readonly string[],
  ) {
    this.#kept = new FirstValues(settings);
  }

  /**
   * Translate tells the language of a text with its first translation. If translating into one language fails, it is asked for
   * another. Throws the last error if none succeeds.
   */
  async of(text: string): Promise<Source> {
    const known = await this.#kept.find(keyOf('language', text));
    const from = known ?? (await this.#detect(text));
    return { from, into: (language) => this.#into(language, text, from) };
  }

  async #into(language: string, text: string, from: string): Promise<string> {
    if (from === language || !TRANSLATED.has(from)) return text;
    const known = await this.#kept.find(keyOf(language, text));
    if (known) return known;
    try {
      const { TranslatedText = text } = await translate(text, from, language);
      return await this.#kept.agree(keyOf(language, text), TranslatedText);
    } catch (error) {
      if (error instanceof UnsupportedLanguagePairException) return text;
      throw error;
    }
  }

  /** The language on which all tries agree. The translation that came with it is kept for `into`. */
  async #detect(text: string): Promise<string> {
    const { from, into, translated } = await this.#ask(text);
    const agreed = await this.#kept.agree(keyOf('language', text), from);
    if (translated && into !== from && agreed === from) await this.#kept.agree(keyOf(into, text), translated);
    return agreed;
  }

  async #ask(text: string): Promise<{ from: string; into: string; translated?: string }> {
    let failure: unknown;
    for (const into of this.languages) {
      try {
        const { SourceLanguageCode: from, TranslatedText: translated } = await translate(text, 'auto', into);
        return { from: from ?? UNDETERMINED, into, translated };
      } catch (error) {
        if (error instanceof DetectedLanguageLowConfidenceException)
          return { from: error.DetectedLanguageCode ?? UNDETERMINED, into };
        if (error instanceof UnsupportedLanguagePairException)
          return { from: error.SourceLanguageCode ?? UNDETERMINED, into };
        failure = error;
      }
    }
    throw failure;
  }
}

function translate(Text: string, SourceLanguageCode: string, TargetLanguageCode: string) {
  return client.send(new TranslateTextCommand({ Text, SourceLanguageCode, TargetLanguageCode }));
}

/** The text itself could be longer than a key may be. */
function keyOf(what: string, text: string): string {
  return `\u0001chat ${what} ${createHash('sha256').update(text).digest('base64url')}`;
}
