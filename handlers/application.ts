// The application that the setting `application` chooses, as the handlers use it. `#application` is its folder.
import { eventHandler } from '#application/handler';
import { type Message, message } from '#application/message';
import type { TopicEvent } from './core/event';
import { parseJson } from './core/parse';

/** What the publisher wrote. Throws Unprocessable, naming the field, where it is not what this application expects. */
export function readMessage(event: TopicEvent): Message {
  const read = parseJson(message.received, event.text, 'text');
  eventHandler.check?.(event, read);
  return read;
}

export const { handle } = eventHandler;
