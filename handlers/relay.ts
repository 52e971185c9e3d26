// The relay's container delivers what is published on the topic to the webhook, as Momento's own webhooks do. `node index.js`
// runs it; `node index.js --health` is its health check, which loads nothing else.
import { wholeNumber } from './adapters/environment';
import { isHealthy } from './adapters/health';

async function main(): Promise<void> {
  const healthPort = wholeNumber('HEALTH_PORT');
  if (process.argv.includes('--health')) {
    process.exitCode = (await isHealthy(healthPort)) ? 0 : 1;
    return;
  }
  const { runRelay }: typeof import('./relay-task') = require('./relay-task');
  await runRelay(healthPort);
}

void main();
