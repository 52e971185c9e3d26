// A relay as a process, users that publish to it, and the receiver to which it delivers.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { listen } from '../local/aws/http';
import { Publisher } from '../local/stack/publisher';
import type { Region } from './region';

export interface RelayUnderTest {
  /** Publishes a message. Resolves with the milliseconds until it was delivered. */
  deliver(user: string): Promise<number>;
  /** Publishes a message without waiting for its delivery. */
  publish(user: string): Promise<void>;
  /** Stops answering deliveries. */
  stall(): void;
  /** MiB of resident memory. */
  resident(): number;
  /** Messages that were never delivered, and so were published again. */
  readonly lost: () => number;
  close(): Promise<void>;
}

/** A delivery that takes longer never comes. */
const LOST_AFTER_MS = 3_000;

/** Runs `file` with Node.js as a relay of the region's cache and this topic. Resolves when it delivers. */
export async function startRelay(
  file: string,
  topicName: string,
  region: Region,
  settings: Record<string, string>,
): Promise<RelayUnderTest> {
  const waiting = new Map<string, () => void>();
  let isStalled = false;
  let lost = 0;
  let published = 0;
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { text } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    waiting.get(text)?.();
    if (!isStalled) response.end('{}');
  });
  const port = await listen(receiver, 0);
  const { apiKey, cacheName, environment } = region;
  const relay = spawn(process.execPath, [file], {
    env: {
      ...environment,
      ...settings,
      TOPIC_NAME: topicName,
      WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const local = new URL(environment.MOMENTO_ENDPOINT_URL ?? '').host;
  const publisher = new Publisher({ local, apiKey, cacheName, topicName });
  const message = () => JSON.stringify({ comment: `message ${++published}`, courseId: 1 });

  const deliver = async (user: string): Promise<number> => {
    await publisher.tokenOf(user);
    for (;;) {
      const text = message();
      const start = performance.now();
      const arrival = new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), LOST_AFTER_MS);
        waiting.set(text, () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
      await publisher.publish(user, text);
      const arrived = await arrival;
      waiting.delete(text);
      if (arrived) return performance.now() - start;
      lost++;
    }
  };
  await deliver('first');
  lost = 0; // those before it had subscribed
  return {
    deliver,
    publish: (user) => publisher.publish(user, message()),
    stall: () => {
      isStalled = true;
    },
    resident: () =>
      Number(spawnSync('ps', ['-o', 'rss=', '-p', String(relay.pid)], { encoding: 'utf8' }).stdout) / 1024,
    lost: () => lost,
    close: async () => {
      const ended = once(relay, 'exit');
      relay.kill('SIGKILL');
      await ended;
      receiver.close();
      receiver.closeAllConnections();
    },
  };
}
