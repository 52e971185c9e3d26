// What is measured: the bundles that the program declares, and the plain webhook, bundled as its author would do it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSync, transformSync } from 'esbuild';
import { makeLegacyKey } from 'local-momento';
import { evaluateProgram } from '../local/program';

export interface Subject {
  readonly file: string;
  readonly code: string;
  /** The settings that the program declares for it. */
  readonly environment: Record<string, string>;
}

export interface Subjects {
  readonly webhook: Subject;
  readonly publisher: Subject;
  readonly plainWebhook: Subject;
  /** The process that runs one of them. */
  readonly runtime: string;
}

/** Passes the bundles to `work` as files in a folder that is deleted afterwards. */
export async function withSubjects<T>(work: (subjects: Subjects) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const file = (name: string, code: string) => {
      writeFileSync(path.join(folder, name), code);
      return path.join(folder, name);
    };
    const declared = await declaredFunctions();
    const ours = (name: string): Subject => {
      const subject = declared.get(name);
      if (!subject) throw new Error(`the program declares no function ${name}`);
      return { ...subject, file: file(`${name}.js`, subject.code) };
    };
    const webhook = ours('webhook');
    const plain = plainBundle({ minify: false });
    const loop = transformSync(RUNTIME, { loader: 'js', format: 'cjs' }).code;
    return await work({
      webhook,
      publisher: ours('publisher'),
      plainWebhook: { file: file('plain.js', plain), code: plain, environment: webhook.environment },
      runtime: file('runtime.js', loop),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each function's code and settings, by its logical name. */
export async function declaredFunctions(): Promise<Map<string, Omit<Subject, 'file'>>> {
  const { resources } = await evaluateProgram({ secrets: { momentoApiKey: makeLegacyKey() } });
  const functions = resources.filter(({ type }) => type === 'aws:lambda/function:Function');
  return new Map(
    functions.map(({ name, inputs }) => {
      const code = String(Reflect.get(Object(inputs.code), 'index.js'));
      const variables: object = Reflect.get(Object(inputs.environment), 'variables');
      const environment = Object.entries(variables).map(([key, value]) => [key, String(value)]);
      return [name, { code, environment: Object.fromEntries(environment) }];
    }),
  );
}

/**
 * The plain webhook, as esbuild bundles it without further options. Dynamic imports become requires, as in our bundles: over
 * plain HTTP, which is used only on this machine, one of the AWS SDK's imports would load fetch as well.
 */
export function plainBundle({ minify }: { readonly minify: boolean }): string {
  const { outputFiles } = buildSync({
    absWorkingDir: path.resolve(__dirname, '..'),
    entryPoints: ['bench/plain-webhook.ts'],
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
 * Loads a bundle and calls its handler, as Lambda's runtime does. Reports on file descriptor 3 what it answered and how long
 * loading took. Plain JavaScript, so that a cold start loads nothing else.
 */
const RUNTIME = `
  const { writeSync } = require('node:fs');
  const { performance } = require('node:perf_hooks');
  const start = performance.now();
  const { handler } = require(process.argv[2]);
  const loadedMs = performance.now() - start;
  handler(JSON.parse(process.env.BENCH_REQUEST)).then(({ statusCode }) => {
    writeSync(3, JSON.stringify({ statusCode, loadedMs }));
    process.exit();
  });
`;
