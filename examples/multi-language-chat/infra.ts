// What the multi-language chat needs: three settings, and the right to translate. Translate has no resources to create.
import { applicationInfra } from '../../infra/application';
import { type Rule, type Settings, wholeNumber } from '../../infra/settings';
import { chatIn, LANGUAGES_AT_MOST, languagesIn } from './languages';

const languageList: Rule<string[]> = {
  parse: languagesIn,
  allowed: `1 to ${LANGUAGES_AT_MOST} different codes of Amazon Translate's languages, such as en,es,zh-TW`,
};

export const infra = applicationInfra({
  topicName: 'chat-publish',
  configure(settings) {
    /** Each message is translated into all of them. */
    const byDefault = ['en', 'es', 'fr', 'ja', 'de', 'hi', 'zh', 'nl'];
    const languages = settings.withDefault('languages', languageList, byDefault);
    refuseCircle(settings, languages);
    return {
      languages: languages.join(','),
      /** The oldest messages beyond this number are removed. */
      messagesPerLanguage: settings.withDefault('messagesPerLanguage', wholeNumber(1, 10_000), 100),
      /** What a user writes beyond this number is withheld. It bounds what one user's messages cost. */
      messagesPerMinute: settings.withDefault('messagesPerMinute', wholeNumber(1, 1000), 20),
    };
  },
  declare: ({ languages, messagesPerLanguage, messagesPerMinute }) => ({
    environment: {
      LANGUAGES: languages,
      MESSAGES_PER_LANGUAGE: String(messagesPerLanguage),
      MESSAGES_PER_MINUTE: String(messagesPerMinute),
    },
    tokenEnvironment: { LANGUAGES: languages },
    // Translate asks Comprehend for the language of a text with the rights of its caller. Neither has resources to name.
    statements: [
      {
        Effect: 'Allow',
        Action: ['translate:TranslateText', 'comprehend:DetectDominantLanguage'],
        Resource: '*',
      },
    ],
    outputs: { languages },
  }),
});

/** What the webhook publishes must not come back to it. */
function refuseCircle(settings: Settings, languages: readonly string[]): void {
  const own = languages.map(chatIn);
  const taken = settings.classify('topicName', {
    parse: (given) => own.find((one) => one === given),
    allowed: '',
  });
  if (taken === undefined) return;
  const why = `to which the webhook itself publishes; allowed: any but ${own.join(', ')}`;
  settings.mistake('topicName', `is ${settings.shown('topicName')}, ${why}`);
}
