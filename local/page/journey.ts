// The way of one message through the stack, as the page shows it.
import type { Described } from '../application';
import type { LogLine } from './log-lines';

/** In the order in which a message passes them. */
export const STATIONS = ['publisher', 'token', 'topic', 'webhook', 'outcome'] as const;
export type Station = (typeof STATIONS)[number];

/** `given-up`: the message is in the dead-letter queue. */
export type State = 'done' | 'waiting' | 'failed' | 'given-up';

export interface Step {
  readonly state: State;
  /** Milliseconds after the journey's start. A later station's is never smaller. */
  readonly at: number;
  readonly text: string;
}

export interface Journey extends Described {
  readonly id: number;
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Whether it is one of many, which the page counts and does not list. */
  readonly inBurst: boolean;
  /** Only for an attack: its name, and its verdict. */
  readonly attack?: { readonly name: string; readonly verdict: string };
  /** Who the message itself says has written it, if that is not the user of its token. It counts for nothing. */
  claims?: string;
  /** The publisher's `x-request-id`; other publishers need not send one. */
  requestId?: string;
  /** How long a new instance of the webhook took to initialise for this message, in milliseconds. */
  initMs?: number;
  /** What the functions logged about it, oldest first. */
  logs: readonly LogLine[];
  /** A station without a step was not reached, or not needed. */
  readonly steps: Partial<Record<Station, Step>>;
}

/** What the publisher answered. */
export interface PublisherAnswer {
  readonly status: number;
  readonly requestId?: string;
  /** Why it refused. */
  readonly message: string;
  readonly ms: number;
}

/** Sets a step. Its time fits between those of the stations before and after it, in whatever order they are heard of. */
export function setStep(journey: Journey, station: Station, step: Step): void {
  const { steps } = journey;
  const index = STATIONS.indexOf(station);
  const timesOf = (stations: readonly Station[]) =>
    stations.flatMap((one) => (steps[one] === undefined ? [] : [steps[one].at]));
  const earliest = Math.max(0, ...timesOf(STATIONS.slice(0, index)));
  const latest = Math.min(...timesOf(STATIONS.slice(index + 1)));
  steps[station] = { ...step, at: Math.max(earliest, Math.min(step.at, latest)) };
}

/** Whether a step failed, so that nothing after it happens. */
export function isOver({ steps }: Journey): boolean {
  return Object.values(steps).some(({ state }) => state === 'failed');
}

/** Whether the publisher has this message of the page's, and nothing happened to it yet but, with `token`, a token. */
export function isAtPublisher(journey: Journey, further?: 'token'): boolean {
  const { publisher, token, topic } = journey.steps;
  if (!publisher || journey.attack || isOver(journey)) return false;
  return !topic && (further === 'token' || !token);
}
