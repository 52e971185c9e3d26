// Denied requests are counted, not logged one by one: anybody can cause them, and a log line costs more than a request.

/** The least time between two reports, in milliseconds, unless an accepted event brings one along. */
export const REPORT_EVERY_MS = 30_000;

export class Denials {
  readonly #counts = new Map<string, number>();
  #reportedAt = Number.NEGATIVE_INFINITY;

  count(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** The counts since the last report, by reason. Undefined if no report is due or there is nothing to report. */
  due(now: number, accepted = false): Record<string, number> | undefined {
    if (this.#counts.size === 0) return undefined;
    if (!accepted && now - this.#reportedAt < REPORT_EVERY_MS) return undefined;
    const report = Object.fromEntries(this.#counts);
    this.#counts.clear();
    this.#reportedAt = now;
    return report;
  }
}
