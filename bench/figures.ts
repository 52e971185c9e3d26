// Figures: ratios of ours to the reference, from alternating samples of one run, compared with a bar.
import { progressOf } from '../local/commands/progress';

export interface Figure {
  readonly what: string;
  readonly value: number;
  /** The quartiles of the samples; absent if nothing varies. */
  readonly spread?: readonly [number, number];
  readonly samples: number;
  /** The figure must be on the right side of the bar; without one it is only shown. */
  readonly bar?: number;
  readonly aim?: number;
  /** `most`, the default: at most the bar; `least`: at least. */
  readonly bound?: 'most' | 'least';
  readonly unit?: string;
  /** Absolute numbers and other explanations, for the reader. */
  readonly note?: string;
}

/** The value below which this fraction of the values lies, from 0 to 1; the nearest rank. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Takes one sample of each in turn, alternating which goes first. Returns the samples in pairs. */
export async function alternate<T>(
  samples: number,
  ours: () => Promise<T>,
  reference: () => Promise<T>,
): Promise<{ readonly ours: T[]; readonly reference: T[] }> {
  const pairs = { ours: [] as T[], reference: [] as T[] };
  const tell = progressOf('pairs of samples', samples);
  for (let i = 0; i < samples; i++) {
    if (i % 2) pairs.ours.push(await ours());
    pairs.reference.push(await reference());
    if (i % 2 === 0) pairs.ours.push(await ours());
    tell(i + 1);
  }
  return pairs;
}

/** The median of the ratios of all pairs, and their quartiles. */
export function ratio(ours: readonly number[], reference: readonly number[]) {
  const ratios = ours.map((one, i) => one / (reference[i] ?? Number.NaN));
  const spread = [quantile(ratios, 0.25), quantile(ratios, 0.75)] as const;
  return { value: median(ratios), spread, samples: ratios.length };
}

export function holds({ value, bar, bound = 'most' }: Figure): boolean {
  if (bar === undefined) return true;
  return bound === 'most' ? value <= bar : value >= bar;
}

const HEAD = ['what', 'figure', 'quartiles', 'samples', 'bar', 'aim', '', 'ours and reference'];

/** The table for a terminal, with one row per figure. */
export function table(figures: readonly Figure[]): string {
  const rows = cells(figures);
  const widths = HEAD.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [HEAD, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The table as it stands in docs/performance.md. */
export function markdown(figures: readonly Figure[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(HEAD), row(HEAD.map(() => '---')), ...cells(figures).map(row)].join('\n');
}

/** Where and when figures were measured: with the load that spoils them. */
export function circumstances(loads: readonly number[]): string {
  const [least, most] = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1));
  const day = new Date().toISOString().slice(0, 10);
  return `Measured on ${day} with Node.js ${process.versions.node} where no other version stands; load ${least} to ${most}.`;
}

function cells(figures: readonly Figure[]): string[][] {
  return figures.map((figure) => {
    const { bound = 'most', unit = '', spread } = figure;
    const sign = bound === 'most' ? '<=' : '>=';
    const number = (value: number) => value.toFixed(Math.abs(value) >= 10 ? 1 : 2) + unit;
    return [
      figure.what,
      number(figure.value),
      spread ? `${number(spread[0])} to ${number(spread[1])}` : '',
      String(figure.samples),
      figure.bar === undefined ? '' : `${sign} ${figure.bar}${unit}`,
      figure.aim === undefined ? '' : `${figure.aim}${unit}`,
      figure.bar === undefined ? '' : holds(figure) ? 'held' : 'MISSED',
      figure.note ?? '',
    ];
  });
}
