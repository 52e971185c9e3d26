// How far a long command is: on a terminal one line that changes, elsewhere a line a minute.

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const TERMINAL_EVERY_MS = 200;
const ELSEWHERE_EVERY_MS = 60_000;

/** Returns the function to tell how much is done. The output is not the one of the results, which others may read. */
export function progressOf(
  what: string,
  total: number,
  { output = process.stderr, now = Date.now }: { output?: Output; now?: () => number } = {},
): (done: number) => void {
  const everyMs = output.isTTY ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS;
  let saidAt = now();
  let first: { readonly at: number; readonly done: number } | undefined;
  return (done) => {
    first ??= { at: now(), done }; // what came before was preparation, and says nothing of the rate
    if (output.isTTY && done >= total) return void output.write('\r\x1b[K');
    if (now() - saidAt < everyMs || done >= total) return;
    saidAt = now();
    const line = `  ${what}: ${pace(done, total, saidAt - first.at, first.done)}`;
    output.write(output.isTTY ? `\r${line}\x1b[K` : `${line}\n`);
  };
}

/**
 * What is done, the rate, and the time left at this rate: `20 of 80, 10 per second, 6 s left`.
 * @param elapsedMs in which the number rose from `from` to `done`
 */
export function pace(done: number, total: number, elapsedMs: number, from = 0): string {
  const far = `${done} of ${total}`;
  if (done === from) return far;
  const perSecond = (1000 * (done - from)) / elapsedMs;
  const rate = perSecond >= 1 ? `${rounded(perSecond)} per second` : `${rounded(60 * perSecond)} per minute`;
  return `${far}, ${rate}, ${duration((total - done) / perSecond)} left`;
}

function rounded(rate: number): string {
  return rate >= 10 ? String(Math.round(rate)) : String(Number(rate.toPrecision(2)));
}

function duration(seconds: number): string {
  if (seconds <= 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
