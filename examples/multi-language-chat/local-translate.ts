// Amazon Translate on this machine. It translates nothing, but each language can be recognized: "Hello" becomes
// "français: Hello" and "日本語: Hello". The same request always gets the same answer.
import * as v from 'valibot';
import type { LocalService } from '../../local/application';
import { AwsError } from '../../local/aws/errors';
import { languageOf } from './local-languages';

const input = v.object({
  Text: v.pipe(v.string(), v.minLength(1), v.maxBytes(10_000)),
  SourceLanguageCode: v.string(),
  TargetLanguageCode: v.string(),
});

export async function startTranslate(): Promise<LocalService> {
  return {
    service: {
      signingName: 'translate',
      targetPrefix: 'AWSShineFrontendService_20170701',
      operations: {
        TranslateText(given, caller) {
          caller.authorize('translate:TranslateText', '*');
          const asked = v.safeParse(input, given);
          if (!asked.success) throw new AwsError('ValidationException', asked.issues[0].message);
          const { Text, SourceLanguageCode: named, TargetLanguageCode } = asked.output;
          if (named === 'auto') caller.authorize('comprehend:DetectDominantLanguage', '*');
          const SourceLanguageCode = named === 'auto' ? detected(Text) : named;
          const isSame = SourceLanguageCode === TargetLanguageCode;
          const TranslatedText = isSame ? Text : `${nameOf(TargetLanguageCode)}: ${Text}`;
          return { TranslatedText, SourceLanguageCode, TargetLanguageCode };
        },
      },
    },
    async declare() {},
    async close() {},
  };
}

function detected(text: string): string {
  const language = languageOf(text);
  if (language) return language;
  const why = 'The confidence that the source language was detected accurately is low.';
  throw new AwsError('DetectedLanguageLowConfidenceException', why);
}

/** A language's name in the language itself. */
function nameOf(language: string): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
}
