// The application that the setting `application` chooses, as the handlers use it. `#application` is its folder.
import { eventHandler } from '#application/handler';
import { type Message, message } from '#application/message';
import type { TopicEvent } from './core/event';
import { parseJson } from './core/parse';

/** The publisher's message. Throws Unprocessable, naming the field, if the application does not accept it. */
export function readMessage(event: TopicEvent): Message {
  const read = parseJson(message.received, event.text, 'text');
  eventHandler.check?.(event, read);
  return read;
}

export const { handle } = eventHandler;
