// Cold starts: a new process loads a function, as Lambda does, and answers its first request with 200. Lambda gives INIT a whole
// CPU at any memory setting, and the invocation memory / 1,769 of one. So what the two cost is told apart.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { withCpuLimit } from './cpu-limit';
import { alternate, type Figure, median, ratio } from './figures';
import { inRegion, type Region, signedRequest } from './region';
import { type Subject, type Subjects, withSubjects } from './subjects';
import { hasTls } from './tls';

/** The memory at which Lambda gives an invocation a whole CPU, in MB (AWS's guide, "Configure Lambda function memory"). */
const WHOLE_CPU_MB = 1_769;
const DEFAULT_MB = 512;
/** A cold start takes a fifth of a second. One that takes this long is told, and not waited for. */
const LONGEST_START_MS = 60_000;

/** Wall and CPU time, in milliseconds. */
interface Took {
  readonly wall: number;
  readonly cpu: number;
}

export interface ColdStart {
  /** From the start of the process to the answer, in milliseconds. */
  readonly coldMs: number;
  readonly init: Took;
  readonly invocation: Took;
}

/**
 * INIT and the first invocation on Lambda, in milliseconds: INIT as it is, the waiting in the invocation, and the invocation's
 * CPU at the speed of that memory.
 */
export function modelled({ init, invocation }: ColdStart, memoryMb = DEFAULT_MB): number {
  const waiting = Math.max(0, invocation.wall - invocation.cpu);
  return init.wall + waiting + invocation.cpu * Math.max(1, WHOLE_CPU_MB / memoryMb);
}

/** The bars of INIT and the first invocation with the part of a CPU that `DEFAULT_MB` gives the invocation. */
const AT_DEFAULT_MEMORY = { bar: 0.45, aim: 0.4 };

/** The program's figures, and the bars of the project. */
const PARTS: readonly (Pick<Figure, 'what' | 'bar' | 'aim'> & { of(one: ColdStart): number })[] = [
  { what: 'process to first 200', of: ({ coldMs }) => coldMs, bar: 0.62, aim: 0.55 },
  { what: 'INIT, wall', of: ({ init }) => init.wall },
  { what: 'INIT, CPU', of: ({ init }) => init.cpu },
  { what: 'first invocation, wall', of: ({ invocation }) => invocation.wall },
  { what: 'first invocation, CPU', of: ({ invocation }) => invocation.cpu, bar: 0.2, aim: 0.1 },
  { what: 'INIT + invocation at 512 MB', of: (one) => modelled(one), ...AT_DEFAULT_MEMORY },
  { what: 'CPU in all', of: ({ init, invocation }) => init.cpu + invocation.cpu, bar: 0.66, aim: 0.6 },
];

/** The pair with the bars: it is compared with a function of the same work. */
const WEBHOOK = 'webhook';

/** @param binaries the Node.js executables to measure with */
export async function measureCold(samples: number, binaries: readonly string[]): Promise<Figure[]> {
  return withSubjects((subjects) =>
    withCpuLimit(DEFAULT_MB / WHOLE_CPU_MB, async (limit) => {
      if (!limit) console.error('No CPU is held: that needs Linux, and the right to make a cgroup.');
      const measure = async (region: Region, pairs: readonly Pair[]): Promise<Figure[]> => {
        const figures: Figure[] = [];
        for (const binary of binaries) {
          const node = await version(binary);
          for (const { name, ours, reference, request } of pairs) {
            const { runtime } = subjects;
            const starts = (cgroup?: string) => {
              const start = (subject: Subject) => () =>
                coldStart({ binary, runtime, subject, region, request: request(), cgroup });
              return [start(ours), start(reference)] as const;
            };
            await alternate(2, ...starts()); // after this, the files are in the page cache
            figures.push(...figuresOf(name, node, await alternate(samples, ...starts())));
            if (limit && name === WEBHOOK)
              figures.push(heldFigure(node, await alternate(samples, ...starts(limit))));
          }
        }
        return figures;
      };
      const plain = await inRegion({ delays: true }, (region) => measure(region, pairsOf(subjects, region)));
      if (!hasTls()) {
        console.error('Not measured over TLS: that needs Linux, and openssl on the PATH.');
        return plain;
      }
      const overTls = inRegion({ delays: true, tls: true }, (region) => {
        const { webhook: ours, plainWebhook: reference } = subjects;
        const request = () => signedRequest(region);
        return measure(region, [{ name: 'webhook over TLS', ours, reference, request }]);
      });
      return [...plain, ...(await overTls)];
    }),
  );
}

/** Memory sizes of docs/cost.md, in MB. */
const SIZES_MB = [256, 512, 1_024, 1_769];

/** INIT and the first event of the webhook by the function's memory, against the plain webhook. */
export function measureMemorySizes(samples: number): Promise<Figure[]> {
  return withSubjects((subjects) =>
    inRegion({ delays: true }, async (region) => {
      const { runtime, webhook, plainWebhook } = subjects;
      const start = (subject: Subject) => () =>
        coldStart({ binary: process.execPath, runtime, subject, region, request: signedRequest(region) });
      const starts = await alternate(samples, start(webhook), start(plainWebhook));
      return SIZES_MB.map((memoryMb) =>
        figure(
          `${WEBHOOK}: INIT + first event at ${memoryMb} MB`,
          (one) => modelled(one, memoryMb),
          starts,
          {},
        ),
      );
    }),
  );
}

interface Pair {
  readonly name: string;
  readonly ours: Subject;
  readonly reference: Subject;
  request(): object;
}

function pairsOf(subjects: Subjects, region: Region): Pair[] {
  const { webhook, publisher, tokens, plainWebhook, plainPublisher } = subjects;
  const publication = () => ({ userId: 'taylor', courseId: 'course-1', comment: 'hello' });
  return [
    { name: WEBHOOK, ours: webhook, reference: plainWebhook, request: () => signedRequest(region) },
    { name: 'publisher', ours: publisher, reference: plainPublisher, request: publication },
    { name: 'token service', ours: tokens, reference: plainPublisher, request: publication },
  ];
}

interface Starts {
  readonly ours: readonly ColdStart[];
  readonly reference: readonly ColdStart[];
}

function figuresOf(name: string, node: string, starts: Starts): Figure[] {
  return PARTS.map(({ what, of, bar, aim }) =>
    figure(`${name}: ${what}, Node.js ${node}`, of, starts, name === WEBHOOK ? { bar, aim } : {}),
  );
}

/** What the model says, measured: the invocation had its part of a CPU. */
function heldFigure(node: string, starts: Starts): Figure {
  const of = ({ init, invocation }: ColdStart) => init.wall + invocation.wall;
  return figure(`${WEBHOOK}: INIT + invocation, CPU held, Node.js ${node}`, of, starts, AT_DEFAULT_MEMORY);
}

function figure(
  what: string,
  of: (one: ColdStart) => number,
  { ours, reference }: Starts,
  bars: Pick<Figure, 'bar' | 'aim'>,
): Figure {
  const [own, other] = [ours.map(of), reference.map(of)];
  return {
    what,
    ...ratio(own, other),
    ...bars,
    note: `${median(own).toFixed(0)} and ${median(other).toFixed(0)} ms`,
  };
}

interface Start {
  readonly binary: string;
  readonly runtime: string;
  readonly subject: Subject;
  readonly region: Region;
  readonly request: object;
  /** The `cgroup.procs` of a cgroup for the invocation. */
  readonly cgroup?: string;
}

async function coldStart({
  binary,
  runtime,
  subject,
  region,
  request,
  cgroup = '',
}: Start): Promise<ColdStart> {
  const environment = { ...subject.environment, ...region.environment };
  const start = performance.now();
  const child = spawn(binary, [runtime, subject.file], {
    env: { ...environment, BENCH_REQUEST: JSON.stringify(request), BENCH_CGROUP: cgroup },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: LONGEST_START_MS,
  });
  const answered = child.stdio[3] as Readable;
  let coldMs = 0;
  answered.once('data', () => {
    coldMs = performance.now() - start;
  });
  const errors = child.stderr;
  const [answer, [code, signal], complaint] = await Promise.all([
    text(answered),
    once(child, 'exit'),
    errors ? text(errors) : '',
  ]);
  if (!answer) throw new Error(`${subject.file} ended (${signal ?? code}) without an answer: ${complaint}`);
  const { statusCode, init, invocation } = JSON.parse(answer);
  if (statusCode !== 200) throw new Error(`${subject.file} answered ${statusCode}: ${complaint}`);
  return { coldMs, init, invocation };
}

const versions = new Map<string, string>();

async function version(binary: string): Promise<string> {
  const known = versions.get(binary);
  if (known) return known;
  const child = spawn(binary, ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const found = (await text(child.stdout)).trim().replace(/^v/, '');
  versions.set(binary, found);
  return found;
}
