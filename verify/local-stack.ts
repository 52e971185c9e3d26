// The local stack that "npm start" runs.
import { resolve } from 'node:path';
import { loadApplication } from '../local/application';
import { accessTo, chooseRunning } from '../local/commands/running';
import type { Target } from './verify';

/** Throws UsageError if none runs, or if several run. */
export function localStack(port: number | undefined): Target {
  const stack = chooseRunning(port);
  const printed = 'what npm start prints; with --verbose it prints what the functions log';
  return {
    publisherUrl: stack.publisherUrl,
    signingName: stack.signingName,
    application: loadApplication(resolve(__dirname, '..'), stack.application),
    access: accessTo(stack),
    lookAt: {
      caller: printed,
      url: printed,
      publisher: printed,
      webhook: printed,
      delivery: 'whether npm start makes calls fail (--fault)',
      queue: 'the command for the queues that npm start printed',
      cache: printed,
    },
  };
}
