// What is measured: the bundles that the program declares, and the plain webhook, bundled as its author would do it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import { makeLegacyKey } from 'local-momento';
import { evaluateProgram } from '../local/program';

export interface Subject {
  /** The file that Lambda loads. */
  readonly file: string;
  /** All files, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The settings that the program declares for it. */
  readonly environment: Record<string, string>;
}

export interface Subjects {
  readonly webhook: Subject;
  readonly publisher: Subject;
  readonly tokens: Subject;
  readonly plainWebhook: Subject;
  readonly plainPublisher: Subject;
  /** The process that runs one of them. */
  readonly runtime: string;
}

/** Passes the bundles to `work` as files in a folder that is deleted afterwards. */
export async function withSubjects<T>(work: (subjects: Subjects) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const subject = (name: string, one: Omit<Subject, 'file'>): Subject => {
      mkdirSync(path.join(folder, name));
      const written = Object.entries(one.files).map(([file, text]) => {
        writeFileSync(path.join(folder, name, file), text);
        return path.join(folder, name, file);
      });
      const [file = ''] = written.filter((each) => path.basename(each).startsWith('index.'));
      return { ...one, file };
    };
    const declared = await declaredFunctions();
    const ours = (name: string): Subject => {
      const one = declared.get(name);
      if (!one) throw new Error(`the program declares no function ${name}`);
      return subject(name, one);
    };
    const webhook = ours('webhook');
    const runtime = path.join(folder, 'runtime.mjs');
    writeFileSync(runtime, RUNTIME);
    const plain = (name: string) =>
      subject(`plain-${name}`, {
        files: { 'index.js': plainBundle(name, { minify: false }) },
        environment: (declared.get(name) ?? webhook).environment,
      });
    return await work({
      webhook,
      publisher: ours('publisher'),
      tokens: ours('tokens'),
      plainWebhook: plain('webhook'),
      plainPublisher: plain('publisher'),
      runtime,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each function's files and settings, by its logical name. */
export async function declaredFunctions(): Promise<Map<string, Omit<Subject, 'file'>>> {
  const { resources } = await evaluateProgram({ secrets: { momentoApiKey: makeLegacyKey() } });
  const functions = resources.filter(({ type }) => type === 'aws:lambda/function:Function');
  return new Map(
    functions.map(({ name, inputs }) => {
      const files = Object.entries(Object(inputs.code)).map(([file, text]) => [file, String(text)]);
      const variables: object = Reflect.get(Object(inputs.environment), 'variables');
      const environment = Object.entries(variables).map(([key, value]) => [key, String(value)]);
      return [name, { files: Object.fromEntries(files), environment: Object.fromEntries(environment) }];
    }),
  );
}

/**
 * A plain function, as esbuild bundles it without further options. Dynamic imports become requires, as in our bundles: over
 * plain HTTP, which is used only on this machine, one of the AWS SDK's imports would load fetch as well.
 */
export function plainBundle(name: string, { minify }: { readonly minify: boolean }): string {
  const { outputFiles } = buildSync({
    absWorkingDir: path.resolve(__dirname, '..'),
    entryPoints: [`bench/plain-${name}.ts`],
    bundle: true,
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    minify,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/**
 * Loads a function and calls its handler, as Lambda's runtime does. Reports on file descriptor 3 what it answered, and how
 * long INIT and the invocation took: wall time and CPU time, in milliseconds. Plain JavaScript, so that a cold start loads
 * nothing else. Like Lambda's runtime it loads CommonJS by `require`, and waits for an ES module's top-level await. It enters
 * the cgroup of BENCH_CGROUP, if there is one, between the two.
 */
const RUNTIME = `
  import { writeFileSync, writeSync } from 'node:fs';
  import { createRequire } from 'node:module';
  import { performance } from 'node:perf_hooks';
  const file = process.argv[2];
  const timed = async (work) => {
    const start = performance.now();
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    return [result, { wall: performance.now() - start, cpu: (user + system) / 1000 }];
  };
  const load = () => (file.endsWith('.mjs') ? import(file) : createRequire(file)(file));
  const [{ handler }, init] = await timed(load);
  if (process.env.BENCH_CGROUP) writeFileSync(process.env.BENCH_CGROUP, String(process.pid));
  const [{ statusCode }, invocation] = await timed(() => handler(JSON.parse(process.env.BENCH_REQUEST)));
  writeSync(3, JSON.stringify({ statusCode, init, invocation }));
  process.exit();
`;
