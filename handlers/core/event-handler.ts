// The part of an application that runs in AWS: what it does with a verified event.
import type { Deadline } from './deadline';
import type { TopicEvent } from './event';

/**
 * Handles events whose signature, source and message have been checked.
 *
 * An event may come again, at the same moment or later, from Momento or from the redrive queue. So handling it must be
 * idempotent; `event.id` is the same each time.
 */
export interface EventHandler<Message> {
  /** Checks what the message's schema cannot. Throws Unprocessable, naming the field; the event is then refused with 422. */
  check?(event: TopicEvent, message: Message): void;
  /**
   * Handles an event before `deadline`. `event.token_id` is the author; nothing inside the message can say so. Rejects if the
   * event may not have been handled: it then waits in the redrive queue and comes again.
   */
  handle(event: TopicEvent, message: Message, deadline: Deadline): Promise<void>;
}
