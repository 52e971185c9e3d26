// What the page says of a step.
import type { Outcome } from '../stack/outcome';
import type { State } from './journey';
import type { Vended } from './vended-tokens';

/** The outcome of a message, from a log line about its event. */
export function meaningOf({ outcome, deliveries }: Outcome, done: string): [State, string] | undefined {
  const tries = deliveries === 1 ? 'once' : `${deliveries} times`;
  switch (outcome) {
    case 'stored':
      return ['done', done];
    case 'queued':
      return ['waiting', 'waits in the queue'];
    case 'not redriven':
      return ['waiting', `waits in the queue, tried ${tries}`];
    case 'redriven':
      return ['done', `${done}, from the queue, tried ${tries}`];
    case 'lost':
      return ['failed', 'lost: neither done nor queued'];
    default:
      return undefined; // a later line tells the outcome
  }
}

const AFTER_VERIFYING: ReadonlySet<Outcome['outcome']> = new Set(['stored', 'not stored', 'queued', 'lost']);

/** Whether the webhook logged this, which it does only of a verified event. */
export function isVerified({ outcome }: Outcome): boolean {
  return AFTER_VERIFYING.has(outcome);
}

export function vendedWords({ tokenId, byService }: Vended): string {
  return byService ? `vended for ${tokenId} by the token service` : `vended for ${tokenId}`;
}

/** @param initMs how long a new instance initialised. It is a part of `ms`, unless it began before the request came. */
export function answerWords(status: number, ms: number, initMs = 0): string {
  if (initMs <= 0 || initMs >= ms) return `answered ${status} in ${inWords(ms)}`;
  return `answered ${status} in ${inWords(ms - initMs)}, after an INIT of ${inWords(initMs)}`;
}

/** @param error why there was no answer; Momento's time limit says so itself */
export function silenceWords(error: string): string {
  return error.startsWith('no answer') ? error : `no answer: ${error}`;
}

export function inWords(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1_000).toFixed(1)}\u00a0s`;
}
