import type { Counted, Report } from '../../../../handlers/core/relay/report';

/** What a relay reported. */
export class RecordedReport implements Report {
  readonly counts: Partial<Record<Counted, number>> = {};
  readonly lines: Readonly<Record<string, unknown>>[] = [];

  count(what: Counted, times = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + times;
  }

  log(level: 'info' | 'warn' | 'error', fields: Readonly<Record<string, unknown>>): void {
    this.lines.push({ level, ...fields });
  }

  /** The lines of one outcome. */
  of(outcome: string): Readonly<Record<string, unknown>>[] {
    return this.lines.filter((line) => line.outcome === outcome);
  }
}
