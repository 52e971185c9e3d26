// What a user's token may do: write to the chat, and hear and read it in one language.
import * as v from 'valibot';
import { setting } from '../../handlers/adapters/environment';
import { defineUserToken } from '../../handlers/core/user-token';
import { chatIn, languagesIn } from './languages';

const languages = languagesIn(setting('LANGUAGES')) ?? [];
const [first = ''] = languages;

const language = v.picklist(languages, `must be one of: ${languages.join(', ')}`);

export const userToken = defineUserToken(
  // A page that does not know the languages yet gets the first of them, and the list.
  { language: v.optional(language, first) },
  {
    may: ({ language }, topicName) => [
      { publish: topicName },
      { subscribe: chatIn(language) },
      { read: chatIn(language) },
    ],
    // Beside the token, what the page needs to know.
    answer: ({ userId, language }) => ({
      userId,
      languages,
      language,
      subscribeTopic: chatIn(language),
      history: chatIn(language),
    }),
  },
);
