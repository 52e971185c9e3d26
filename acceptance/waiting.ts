// Waits for what takes AWS minutes, with a limit and with lines of progress.
import { setTimeout as pauseFor } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects if the run is interrupted. */
  pause(milliseconds: number): Promise<void>;
}

export interface Wait {
  /** What it waits for, for the line of progress. */
  readonly what: string;
  readonly withinMs: number;
  /** Between two looks. */
  readonly everyMs?: number;
}

/** Calls `look` until it returns a value, and returns that. Undefined if the time is over. */
export type Waiting = <T>(wait: Wait, look: () => Promise<T | undefined>) => Promise<T | undefined>;

const SAY_EVERY_MS = 30_000;

export function systemClock(signal: AbortSignal): Clock {
  return {
    now: Date.now,
    pause: (milliseconds) => pauseFor(milliseconds, undefined, { signal }),
  };
}

export function waitingBy(clock: Clock, say: (line: string) => void): Waiting {
  return async ({ what, withinMs, everyMs = 10_000 }, look) => {
    const start = clock.now();
    const end = start + withinMs;
    let saidAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
      const now = clock.now();
      if (now >= end) return undefined;
      if (now - saidAt >= SAY_EVERY_MS) {
        saidAt = now;
        say(`waiting until ${timeOfDay(end)} for ${what}; ${Math.round((now - start) / 1000)} s so far`);
      }
      await clock.pause(Math.min(everyMs, end - now));
    }
  };
}

function timeOfDay(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}
