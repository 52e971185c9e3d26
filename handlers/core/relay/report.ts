// What the relay reports about itself: counts for CloudWatch, and lines for the log.

/**
 * - `Delivered`: accepted by the webhook
 * - `Retried`: tries that another try follows
 * - `DeadLettered`: given up after many tries, or set aside from a full relay, and put into the dead-letter queue
 * - `Malformed`: permanently refused by the webhook and put into the dead-letter queue, or without text to deliver
 * - `Missed`: skipped by Momento
 */
export type Counted = 'Delivered' | 'Retried' | 'DeadLettered' | 'Malformed' | 'Missed';

export interface Report {
  count(what: Counted, times?: number): void;
  /** The fields never contain a message, a user's id, a key or a signature. */
  log(level: 'info' | 'warn' | 'error', fields: Readonly<Record<string, unknown>>): void;
}
