// What the webhook publishes on the topic of a language, and keeps in its sorted set.

import type { TopicEvent } from '../../handlers/core/event';
import { MAX_MESSAGE_BYTES } from '../../handlers/core/message';
import type { Message } from './message';

/** Why a message is not shown. */
export type Reason = 'profanity' | 'rate';

/** A message in one language. */
export interface Wording {
  readonly text: string;
  /** The language in which it was written; `und` if it could not be told. */
  readonly from: string;
}

/**
 * A message in one language, as JSON. It always fits Momento's limit. A translation can be several times as long as its
 * original: if both do not fit, the original is left out; if the translation alone does not fit, it is shortened, and says so.
 */
export function chatItem(event: TopicEvent, message: Message, { text, from }: Wording): string {
  const { id, token_id: userId, event_timestamp: at } = event;
  const json = (shown: string, more: object) =>
    JSON.stringify({ id, userId, at, text: shown, from, ...more, ref: message.ref });
  const original = text === message.text ? {} : { original: message.text };
  for (const whole of [json(text, original), json(text, {})]) if (fits(whole)) return whole;
  const characters = [...text];
  let [shortest, longest] = [0, characters.length];
  const cut = (length: number) => json(`${characters.slice(0, length).join('')}…`, { shortened: true });
  while (shortest < longest) {
    const middle = Math.ceil((shortest + longest) / 2);
    if (fits(cut(middle))) shortest = middle;
    else longest = middle - 1;
  }
  return cut(shortest);
}

/** Says, as JSON, that a message is withheld, and why. It does not hold the text. */
export function withheldItem(event: TopicEvent, { ref }: Message, reason: Reason): string {
  const { id, token_id: userId, event_timestamp: at } = event;
  return JSON.stringify({ id, userId, at, withheld: { reason }, ref });
}

/** Whether a stored value is the item of this event. */
export function isOf(event: TopicEvent, value: string): boolean {
  return value.startsWith(JSON.stringify({ id: event.id }).replace(/}$/, ','));
}

function fits(item: string): boolean {
  return Buffer.byteLength(item) <= MAX_MESSAGE_BYTES;
}
