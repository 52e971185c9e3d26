// The local Momento beside a gRPC server that does nothing: puts per second, messages to many subscribers, and how soon it is
// ready. Each server is a process of its own. Loopback only, and bounded.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cache_client } from '@gomomento/generated-types/dist/cacheclient';
import { cache_client as cache_pubsub } from '@gomomento/generated-types/dist/cachepubsub';
import { ChannelCredentials, type ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { alternate, type Figure, median, quantile, ratio } from './figures';

import pubsub = cache_pubsub.pubsub;

const PUTS = 10_000;
const AT_ONCE = 200;
const SUBSCRIBERS = 1_000;
/** Momento allows this many streams per connection. */
const PER_CONNECTION = 100;
const MESSAGES = 10;

/** At least half of what gRPC itself does on this machine; at most three times its time. */
const LEAST_PUTS = 0.5;
const MOST_FAN_OUT = 3;
const READY_MS = 150;

export type Subject = 'ours' | 'bare';

export async function measureMomento(samples: number): Promise<Figure[]> {
  const rounds = Math.min(samples, 5);
  const puts = await alternate(
    rounds,
    () => served('ours', putsPerSecond),
    () => served('bare', putsPerSecond),
  );
  const fanOut = await alternate(
    rounds,
    () => served('ours', fanOutMs),
    () => served('bare', fanOutMs),
  );
  const ready = await readyMs(samples);
  const absolute = ({ ours, reference }: typeof puts, unit: string): string =>
    `${median(ours).toFixed(0)} ${unit} and ${median(reference).toFixed(0)} ${unit}`;
  return [
    {
      what: 'local Momento: puts per second, of a bare gRPC server’s',
      ...ratio(puts.ours, puts.reference),
      bar: LEAST_PUTS,
      bound: 'least',
      note: `${absolute(puts, 'per second')}; ${AT_ONCE} at once`,
    },
    {
      what: `local Momento: a message to ${SUBSCRIBERS} subscribers, of a bare gRPC server’s time`,
      ...ratio(fanOut.ours, fanOut.reference),
      bar: MOST_FAN_OUT,
      note: absolute(fanOut, 'ms'),
    },
    {
      what: 'local Momento: from the start of its process until it is ready',
      value: median(ready.ours),
      spread: [quantile(ready.ours, 0.25), quantile(ready.ours, 0.75)],
      samples: ready.ours.length,
      bar: READY_MS,
      unit: ' ms',
      note: `${median(ready.reference).toFixed(0)} ms of it for a process of Node.js that writes a line`,
    },
  ];
}

async function served(subject: Subject, measure: (port: number) => Promise<number>): Promise<number> {
  const server = fork(join(__dirname, 'momento-process.ts'), [subject], {
    execArgv: ['-r', join(__dirname, '../infra/read-typescript.cjs')],
  });
  const ended = once(server, 'exit');
  try {
    const [port] = await once(server, 'message');
    return await measure(port);
  } finally {
    server.kill();
    await ended;
  }
}

async function putsPerSecond(port: number): Promise<number> {
  const client = new cache_client.ScsClient(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('cache', 'cache');
  const put = (index: number): Promise<unknown> => {
    const request = new cache_client._SetRequest({
      cache_key: Buffer.from(`key-${index % 1_000}`),
      cache_body: Buffer.from('value'),
      ttl_milliseconds: 60_000,
    });
    return new Promise((done, fail) =>
      client.Set(request, metadata, (error) => (error ? fail(error) : done(0))),
    );
  };
  const all = async (count: number): Promise<void> => {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) await put(next++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  await all(PUTS / 10); // warm
  const started = performance.now();
  await all(PUTS);
  const perSecond = (PUTS * 1_000) / (performance.now() - started);
  client.close();
  return perSecond;
}

/** The median time from a publish until the last subscriber has the message, in milliseconds. */
async function fanOutMs(port: number): Promise<number> {
  const clients = Array.from(
    { length: SUBSCRIBERS / PER_CONNECTION },
    (_, index) =>
      // An option of its own, or gRPC would share one connection.
      new pubsub.PubsubClient(`127.0.0.1:${port}`, ChannelCredentials.createInsecure(), {
        'bench.number': index,
      }),
  );
  let missing = SUBSCRIBERS;
  let whenAll = (): void => undefined;
  const arrive = ({ kind }: pubsub._SubscriptionItem): void => {
    if (kind !== 'item') return;
    missing -= 1;
    if (missing === 0) whenAll();
  };
  const request = new pubsub._SubscriptionRequest({ cache_name: 'cache', topic: 'topic' });
  const streams: ClientReadableStream<pubsub._SubscriptionItem>[] = [];
  for (const client of clients) {
    for (let each = 0; each < PER_CONNECTION; each += 1) {
      const stream = client.Subscribe(request, new Metadata());
      stream.on('error', () => undefined);
      streams.push(stream);
    }
  }
  await Promise.all(streams.map((stream) => once(stream, 'data'))); // the first heartbeats
  for (const stream of streams) stream.on('data', arrive);
  const [publisher] = clients;
  const value = new pubsub._TopicValue({ text: 'a message' });
  const publish = promisify((done: (error: unknown) => void) =>
    publisher?.Publish(new pubsub._PublishRequest({ cache_name: 'cache', topic: 'topic', value }), done),
  );
  const times: number[] = [];
  for (let message = 0; message < MESSAGES; message += 1) {
    missing = SUBSCRIBERS;
    const arrived = new Promise<void>((done) => {
      whenAll = done;
    });
    const started = performance.now();
    await publish();
    await arrived;
    times.push(performance.now() - started);
  }
  for (const stream of streams) stream.cancel();
  for (const client of clients) client.close();
  return median(times);
}

/** Of the command as it is packed, and of a process that only writes a line. */
async function readyMs(samples: number): Promise<{ ours: number[]; reference: number[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'local-momento-'));
  const packageFolder = resolve(__dirname, '../packages/local-momento');
  const lineAfterMs = async (command: readonly string[]): Promise<number> => {
    const started = performance.now();
    const server = spawn(process.execPath, command, { env: { ...process.env, TMPDIR: folder } });
    const ended = once(server, 'exit');
    await once(server.stdout, 'data');
    const ms = performance.now() - started;
    server.kill(); // as its users end it, so that it keeps what was compiled
    await ended;
    return ms;
  };
  try {
    const built = spawn(process.execPath, ['-r', 'ts-node/register', 'build.ts', folder], {
      cwd: packageFolder,
      stdio: 'inherit',
    });
    await once(built, 'exit');
    return await alternate(
      samples,
      () => lineAfterMs([join(folder, 'cli.js'), '--port', '0', '--print-port']),
      () => lineAfterMs(['-e', 'console.log()']),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
