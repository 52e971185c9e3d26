// The local stack, as "npm start" announces it.
import { apiKeyCredentials, localMomento } from '../handlers/adapters/momento-credentials';
import { chooseRunning } from '../local/running';
import type { Target } from './verify';

/** Throws UsageError where none runs, or several. */
export function localStack(port: number | undefined): Target {
  const stack = chooseRunning(port);
  const printed = 'what npm start prints; with --verbose it prints what the functions log';
  return {
    publisherUrl: stack.publisherUrl,
    region: stack.region,
    credentials: async () => stack.credentials,
    cacheName: stack.cacheName,
    credentialProvider: apiKeyCredentials(stack.apiKey, { local: localMomento(stack.momentoUrl) }),
    lookAt: {
      caller: printed,
      url: printed,
      publisher: printed,
      webhook: printed,
      delivery: 'whether npm start was told to let calls fail (--fault)',
      queue: 'the command for the queues that npm start printed',
      cache: printed,
    },
  };
}
