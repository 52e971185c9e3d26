// Runs the relay with everything it needs from outside, from start to SIGTERM.

import { DeadLetterQueue } from './adapters/dead-letter-queue';
import { optional, setting, wholeNumber } from './adapters/environment';
import { answerHealthChecks } from './adapters/health';
import { localMomento } from './adapters/momento-credentials';
import { RelayCheckpoint } from './adapters/relay-checkpoint';
import { RelayReport } from './adapters/relay-report';
import { fetchSecret } from './adapters/secrets';
import { Subscription } from './adapters/subscription';
import { WebhookUrl } from './adapters/webhook-url';
import { CachedSecret } from './core/cached-secret';
import type { Clock } from './core/clock';
import { reasonOf } from './core/errors';
import { Relay } from './core/relay/relay';

const REPORT_EVERY_MS = 30_000;
/** Time limits after SIGTERM, in milliseconds: to deliver what is held, and to end the process. */
const FINISH_WITHIN_MS = 20_000;
const END_WITHIN_MS = 25_000;

const clock: Clock = {
  now: Date.now,
  random: Math.random,
  after: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** @param healthPort the port of the health check on the loopback address; 0: any free one */
export async function runRelay(healthPort: number): Promise<void> {
  const report = new RelayReport();
  const crash = (error: unknown) => {
    report.log('error', { outcome: 'crashed', reason: reasonOf(error) });
    process.exit(1); // ECS starts another task, which continues at the checkpoint
  };
  process.once('uncaughtException', crash);

  const momento = {
    apiKeySecretArn: setting('API_KEY_SECRET_ARN'),
    endpoint: optional('MOMENTO_ENDPOINT'),
    local: localMomento(optional('MOMENTO_ENDPOINT_URL')),
    cacheName: setting('CACHE_NAME'),
    topicName: setting('TOPIC_NAME'),
  };
  const signingSecretArn = setting('SIGNING_SECRET_ARN');
  const signingSecret = new CachedSecret(() => fetchSecret(signingSecretArn), Number.POSITIVE_INFINITY);
  const inFlight = wholeNumber('IN_FLIGHT');
  const deadLetters = new DeadLetterQueue(setting('DEAD_LETTER_QUEUE_URL'));

  const relay = new Relay({
    cache: momento.cacheName,
    topic: momento.topicName,
    openStream: new Subscription(momento).open,
    checkpoints: new RelayCheckpoint(momento),
    post: new WebhookUrl(setting('WEBHOOK_URL'), inFlight).post,
    signingSecret: (maxAgeMs) => signingSecret.get(maxAgeMs),
    deadLetter: (events) => deadLetters.send(events),
    clock,
    report,
    inFlight,
  });

  const stop = async () => {
    setTimeout(() => process.exit(0), END_WITHIN_MS).unref();
    await relay.stop(FINISH_WITHIN_MS);
    report.publish(relay);
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);

  await answerHealthChecks(healthPort, () => relay.isHealthy);
  setInterval(() => report.publish(relay), REPORT_EVERY_MS);
  await relay.start();
}
