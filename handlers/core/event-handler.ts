// What an application says of a verified event: the half that runs in AWS.
import type { Deadline } from './deadline';
import type { TopicEvent } from './event';

/**
 * What happens with an event whose signature, source and message have been checked.
 *
 * An event may come again, at the same moment or late, from Momento or from the redrive queue. So what an application does
 * with it must be idempotent: `event.id` is the same each time.
 */
export interface EventHandler<Message> {
  /** Checks what the message's schema cannot. Throws Unprocessable, naming the field; the event is then refused with 422. */
  check?(event: TopicEvent, message: Message): void;
  /**
   * Does it, until `deadline`. `event.token_id` is who wrote the message; nothing inside the message can say so.
   * Rejects where it may not be done: the event then waits in the redrive queue, and comes again.
   */
  handle(event: TopicEvent, message: Message, deadline: Deadline): Promise<void>;
}
