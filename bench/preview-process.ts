// Evaluates the program once, in a new process, with or without type checks, and reports how long that took.
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Evaluation, FromWorker } from '../local/program';

export interface PreviewTask {
  readonly checkTypes: boolean;
  readonly evaluation: Evaluation;
}

const PROJECT = path.resolve(__dirname, '..');

function run({ checkTypes, evaluation }: PreviewTask): Promise<number> {
  // As local/program does it. Checks the program's own files, and with them the packages' types.
  const start = `
    require('ts-node').register({ cwd: ${JSON.stringify(PROJECT)}, transpileOnly: ${!checkTypes}, files: false${checkTypes ? ", transpiler: ''" : ''} });
    require(${JSON.stringify(path.join(PROJECT, 'local/program/worker.ts'))});
  `;
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const worker = new Worker(start, { eval: true, stdout: true, execArgv: [] });
    worker.on('message', (message: FromWorker) => {
      if ('done' in message) resolve(performance.now() - from);
      else if ('failed' in message) reject(new Error(message.failed));
      else {
        message.port.postMessage(undefined);
        message.port.close();
      }
    });
    worker.on('error', reject);
    worker.postMessage(evaluation);
  });
}

process.once('message', (task: PreviewTask) => {
  run(task).then(
    (took) => process.send?.(took, () => process.exit()),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
