// The relay's metrics and log lines, in the same formats as those of the functions: Lambda's JSON log format, and
// CloudWatch's embedded metric format, which CloudWatch reads from any log group.
import type { Relay } from '../core/relay/relay';
import type { Counted, Report } from '../core/relay/report';
import { count, measured, publishMetrics } from './metrics';

/** All of them are written each time, so that zero differs from a relay that is not running. */
const ALL: readonly Counted[] = ['Delivered', 'Retried', 'DeadLettered', 'Malformed', 'Missed'];

export class RelayReport implements Report {
  readonly #counts = new Map<Counted, number>();

  count(what: Counted, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  log(level: 'info' | 'warn' | 'error', fields: Readonly<Record<string, unknown>>): void {
    const line = { timestamp: new Date().toISOString(), level: level.toUpperCase(), message: fields };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }

  /** Writes the counts since the last report, and how far behind the relay and its checkpoint are. */
  publish({ lagMs, checkpointAgeMs }: Pick<Relay, 'lagMs' | 'checkpointAgeMs'>): void {
    for (const what of ALL) count(what, this.#counts.get(what) ?? 0);
    this.#counts.clear();
    measured('Lag', lagMs);
    measured('CheckpointAge', checkpointAgeMs);
    publishMetrics();
  }
}
