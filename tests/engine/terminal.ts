// A terminal, for commands that ask only people.
import { spawn } from 'node:child_process';
import type { Ran } from './stack';

/** The inputs in order, each typed when its text appears; a line ends by itself. */
export type Answers = readonly (readonly [shown: RegExp, typed: string])[];

export interface InTerminal {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly answers: Answers;
}

/** Runs a shell command in a terminal; `stdout` is what the terminal shows. */
export function runInTerminal(command: string, { cwd, env, answers }: InTerminal): Promise<Ran> {
  const args =
    process.platform === 'linux' ? ['-qec', command, '/dev/null'] : ['-q', '/dev/null', 'sh', '-c', command];
  return new Promise((resolve, reject) => {
    const child = spawn('script', args, { cwd, env: { ...env, TERM: 'xterm' } });
    const left = [...answers];
    let stdout = '';
    let stderr = '';
    let answered = 0;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      // A program that asks for the cursor's position waits for the terminal's answer.
      if (chunk.includes('\u001b[6n')) child.stdin.write('\u001b[1;1R');
      const [next] = left;
      if (!next?.[0].test(stdout.slice(answered))) return;
      left.shift();
      answered = stdout.length;
      child.stdin.write(`${next[1]}\r`);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
