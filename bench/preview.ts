// How long `pulumi preview` waits for the program: an evaluation without type checks against one with them, and a second
// bundling without changes against the first.
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { makeLegacyKey } from 'local-momento';
import { bundleHandlers } from '../infra/bundle';
import { progressOf } from '../local/commands/progress';
import type { Evaluation } from '../local/program';
import { alternate, type Figure, median, ratio } from './figures';
import type { PreviewTask } from './preview-process';
import { ask } from './process';

const PROJECT = path.resolve(__dirname, '..');
const HANDLERS = ['webhook', 'redrive', 'publisher', 'tokens'] as const;

export async function measurePreview(samples: number): Promise<Figure[]> {
  return [await measureEvaluation(samples), await measureBundling(samples)];
}

async function measureEvaluation(samples: number): Promise<Figure> {
  const evaluation: Evaluation = {
    folder: PROJECT,
    project: 'momento-webhooks',
    stack: 'dev',
    preview: true,
    momentoUrl: undefined,
    config: { 'aws:region': 'us-east-1', 'momento-webhooks:momentoApiKey': makeLegacyKey() },
    secretKeys: ['momento-webhooks:momentoApiKey'],
  };
  const evaluate = (checkTypes: boolean) => () => {
    const task: PreviewTask = { checkTypes, evaluation };
    return ask<number>('preview-process.ts', task, {});
  };
  await evaluate(false)(); // the bundles exist
  const { ours, reference } = await alternate(samples, evaluate(false), evaluate(true));
  return {
    what: 'preview: the program, without type checks against with them',
    ...ratio(ours, reference),
    bar: 0.16,
    aim: 0.12,
    note: `${seconds(ours)} and ${seconds(reference)} s`,
  };
}

async function measureBundling(samples: number): Promise<Figure> {
  const first: number[] = [];
  const again: number[] = [];
  const tell = progressOf('bundlings', samples);
  for (let i = 0; i < samples; i++) {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'bench-')));
    try {
      for (const part of ['application', 'handlers', 'package.json', 'tsconfig.json']) {
        cpSync(path.join(PROJECT, part), path.join(folder, part), { recursive: true });
      }
      symlinkSync(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
      first.push(timeBundling(folder));
      again.push(timeBundling(folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
    tell(i + 1);
  }
  return {
    what: 'second bundling: all handlers, unchanged',
    ...ratio(again, first),
    bar: 0.2,
    note: `${seconds(again)} and ${seconds(first)} s`,
  };
}

function timeBundling(project: string): number {
  const start = performance.now();
  bundleHandlers(HANDLERS, { project });
  return performance.now() - start;
}

function seconds(milliseconds: readonly number[]): string {
  return (median(milliseconds) / 1000).toFixed(2);
}
