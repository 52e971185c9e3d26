// What a user's token may do: write to the chat, and hear and read it in one language.
import * as v from 'valibot';
import { setting } from '../../handlers/adapters/environment';
import { defineUserToken } from '../../handlers/core/user-token';
import { chatIn, languagesIn } from './languages';

const languages = languagesIn(setting('LANGUAGES')) ?? [];

export const userToken = defineUserToken(
  { language: v.picklist(languages, `must be one of: ${languages.join(', ')}`) },
  {
    may: ({ language }, topicName) => [
      { publish: topicName },
      { subscribe: chatIn(language) },
      { read: chatIn(language) },
    ],
    answer: ({ language }) => ({
      languages,
      language,
      subscribeTopic: chatIn(language),
      history: chatIn(language),
    }),
  },
);
