// What the relay tells about itself: numbers for CloudWatch, and lines for the log.

/**
 * - `Delivered`: accepted by the webhook
 * - `Retried`: tries after which another one follows
 * - `DeadLettered`: given up after many tries, and put into the dead-letter queue
 * - `Malformed`: refused for good by the webhook, and put into the dead-letter queue; or without a text to deliver
 * - `Missed`: passed over by Momento
 */
export type Counted = 'Delivered' | 'Retried' | 'DeadLettered' | 'Malformed' | 'Missed';

export interface Report {
  count(what: Counted, times?: number): void;
  /** Neither fields nor their values ever hold a message, a user's id, a key or a signature. */
  log(level: 'info' | 'warn' | 'error', fields: Readonly<Record<string, unknown>>): void;
}
