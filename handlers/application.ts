// The application that the setting `application` chooses, as the handlers use it. `#application` is its folder.
import { eventHandler } from '#application/handler';
import { type Message, message } from '#application/message';
import { setting } from './adapters/environment';
import { rehearse } from './adapters/initialisation';
import { rehearseMetrics } from './adapters/metrics';
import type { TopicEvent } from './core/event';
import { parseJson } from './core/parse';

/** The publisher's message. Throws Unprocessable, naming the field, if the application does not accept it. */
export function readMessage(event: TopicEvent): Message {
  const read = parseJson(message.received, event.text, 'text');
  eventHandler.check?.(event, read);
  return read;
}

/** Reads what nobody sent, so that the code is compiled before the first event comes. The application's code does not see it. */
export function rehearseReading(parseEvent: (body: string) => TopicEvent): void {
  rehearse(() => {
    rehearseMetrics();
    const from = { cache: setting('CACHE_NAME'), topic: setting('TOPIC_NAME'), token_id: 'nobody' };
    const at = { event_timestamp: 0, publish_timestamp: 0, topic_sequence_number: 0 };
    const { text } = parseEvent(JSON.stringify({ ...from, ...at, text: '{}' }));
    parseJson(message.received, text);
  });
}

export const { handle } = eventHandler;
