// The functions' log lines about single messages, found by the request id that both carry.
import * as v from 'valibot';

export interface LogLine {
  /** The station that the line is about: what a publisher logs, a webhook, or a redrive. */
  readonly station: 'publisher' | 'webhook' | 'outcome';
  readonly line: string;
}

const STATION_OF: ReadonlyMap<string, LogLine['station']> = new Map([
  ['published', 'publisher'],
  ['not published', 'publisher'],
  ['redriven', 'outcome'],
  ['not redriven', 'outcome'],
]);

/** A message's first lines tell how it began, its last ones where it is now. */
const LINES_AT_MOST = 12;
const MESSAGES_AT_MOST = 500;

const lineShape = v.object({ message: v.object({ outcome: v.string(), requestId: v.string() }) });

export class LogLines {
  readonly #lines = new Map<string, readonly LogLine[]>();

  /** Keeps a line about a message, and returns what it says; undefined for any other line. */
  keep(line: string): { readonly outcome: string; readonly requestId: string } | undefined {
    const parsed = v.safeParse(lineShape, jsonIn(line));
    if (!parsed.success) return undefined;
    const { outcome, requestId } = parsed.output.message;
    const kept = [...(this.#lines.get(requestId) ?? [])];
    if (kept.length >= LINES_AT_MOST) kept.splice(LINES_AT_MOST / 2, 1);
    this.#lines.set(requestId, [...kept, { station: STATION_OF.get(outcome) ?? 'webhook', line }]);
    const [oldest] = this.#lines.keys();
    if (this.#lines.size > MESSAGES_AT_MOST && oldest !== undefined) this.#lines.delete(oldest);
    return parsed.output.message;
  }

  of(requestId: string | undefined): readonly LogLine[] {
    return (requestId !== undefined && this.#lines.get(requestId)) || [];
  }
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a crash, for example, is not logged as JSON
  }
}
