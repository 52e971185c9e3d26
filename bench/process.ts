// A separate process for a bench: it receives a task, answers once, and ends.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';

/** @param flags for Node.js, besides those it needs to run TypeScript */
export async function ask<Answer>(
  file: string,
  task: object,
  environment: Record<string, string>,
  flags: readonly string[] = [],
): Promise<Answer> {
  const child = fork(path.join(__dirname, file), {
    cwd: path.resolve(__dirname, '..'),
    env: { ...environment, PATH: process.env.PATH },
    execArgv: ['--no-warnings', '-r', path.join(__dirname, '../infra/read-typescript.cjs'), ...flags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  child.send(task);
  const [answer] = await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(`${file} exited with ${code}`);
    }),
  ]);
  await ended;
  return answer;
}
