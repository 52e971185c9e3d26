// Cold starts: a new process loads a bundle, as Lambda does, and answers its first event with 200.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { alternate, type Figure, median, ratio } from './figures';
import { inRegion, type Region, signedRequest } from './region';
import { type Subject, type Subjects, withSubjects } from './subjects';

interface ColdStart {
  readonly coldMs: number;
  readonly loadedMs: number;
}

/** @param binaries the Node.js executables to measure with */
export async function measureCold(samples: number, binaries: readonly string[]): Promise<Figure[]> {
  return withSubjects((subjects) =>
    inRegion({ delays: true }, async (region) => {
      const figures: Figure[] = [];
      for (const binary of binaries) figures.push(...(await measureWith(binary, samples, subjects, region)));
      return figures;
    }),
  );
}

async function measureWith(
  binary: string,
  samples: number,
  { runtime, webhook, plainWebhook }: Subjects,
  region: Region,
): Promise<Figure[]> {
  const start = (subject: Subject) => () => coldStart([binary, runtime], subject, region);
  await alternate(2, start(webhook), start(plainWebhook)); // after this, the files are in the page cache
  const { ours, reference } = await alternate(samples, start(webhook), start(plainWebhook));
  const figure = (what: string, pick: (one: ColdStart) => number): Figure => ({
    what: `${what}, Node.js ${versionOf.get(binary)}`,
    ...ratio(ours.map(pick), reference.map(pick)),
    bar: 0.65,
    aim: 0.5,
    note: `${median(ours.map(pick)).toFixed(0)} and ${median(reference.map(pick)).toFixed(0)} ms`,
  });
  return [
    figure('cold: process to first 200', ({ coldMs }) => coldMs),
    figure('initialisation: loading the bundle', ({ loadedMs }) => loadedMs),
  ];
}

const versionOf = new Map<string, string>();

async function coldStart(
  [binary, runtime]: readonly [string, string],
  subject: Subject,
  region: Region,
): Promise<ColdStart> {
  if (!versionOf.has(binary)) versionOf.set(binary, await versionIn(binary));
  const environment = { ...subject.environment, ...region.environment };
  const request = JSON.stringify(signedRequest(region));
  const start = performance.now();
  const child = spawn(binary, [runtime, subject.file], {
    env: { ...environment, BENCH_REQUEST: request },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const answered = child.stdio[3] as Readable;
  const errors = child.stderr;
  const [answer, , complaint] = await Promise.all([
    once(answered, 'data').then(([data]) => ({ data: String(data), coldMs: performance.now() - start })),
    once(child, 'exit'),
    errors ? text(errors) : '',
  ]);
  const { statusCode, loadedMs } = JSON.parse(answer.data);
  if (statusCode !== 200) throw new Error(`${subject.file} answered ${statusCode}: ${complaint}`);
  return { coldMs: answer.coldMs, loadedMs };
}

async function versionIn(binary: string): Promise<string> {
  const child = spawn(binary, ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return (await text(child.stdout)).trim().replace(/^v/, '');
}
