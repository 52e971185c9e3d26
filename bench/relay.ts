// The relay against a bare loop of subscribe and fetch: messages per second and the latency from publisher to webhook, with
// one and with 32 under way. Also the relay's memory while 100,000 messages wait.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import { bundleHandlers } from '../infra/bundle';
import { progressOf } from '../local/commands/progress';
import { alternate, type Figure, median, quantile, ratio } from './figures';
import { inRegion, type Region } from './region';
import { type RelayUnderTest, startRelay } from './relay-rig';

const PROJECT = path.resolve(__dirname, '..');
/** Messages per sample, for each one under way. */
const MESSAGES = 50;
const WAITING = 100_000;
/** The time in which the relay receives what was published, in milliseconds. */
const TAKEN_WITHIN_MS = 3_000;
/** The task's memory, in MiB. */
const TASK_MEMORY = 512;

interface Sample {
  readonly perSecond: number;
  readonly latencies: number[];
}

export function measureRelay(samples: number): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  return inRegion({ delays: false }, async (region) => {
    const ours = await startOurs(region);
    const plain = await startPlain(region, folder);
    try {
      return [
        ...(await compare(1, samples, ours, plain)),
        ...(await compare(32, samples, ours, plain)),
        await measureWaiting(ours),
      ];
    } finally {
      await ours.close();
      await plain.close();
    }
  }).finally(() => rmSync(folder, { recursive: true }));
}

function startOurs(region: Region): Promise<RelayUnderTest> {
  bundleHandlers(['relay']);
  return startRelay(path.join(PROJECT, '.bundles/relay.js'), 'comment', region, {
    DEAD_LETTER_QUEUE_URL: `${region.environment.AWS_ENDPOINT_URL}/dead-letter`,
    IN_FLIGHT: '32',
    HEALTH_PORT: '0',
    POWERTOOLS_METRICS_NAMESPACE: 'bench',
    POWERTOOLS_SERVICE_NAME: 'relay',
  });
}

function startPlain(region: Region, folder: string): Promise<RelayUnderTest> {
  const outfile = path.join(folder, 'plain-relay.js');
  buildSync({
    absWorkingDir: PROJECT,
    entryPoints: ['bench/plain-relay.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
  });
  const { apiKey, signingSecret } = region;
  return startRelay(outfile, 'plain', region, { API_KEY: apiKey, SIGNING_SECRET: signingSecret });
}

async function compare(
  inFlight: number,
  samples: number,
  ours: RelayUnderTest,
  plain: RelayUnderTest,
): Promise<Figure[]> {
  const sample = (relay: RelayUnderTest) => () => deliverMany(relay, inFlight);
  await alternate(3, sample(ours), sample(plain)); // until V8 has compiled the hot code
  const pairs = await alternate(samples, sample(ours), sample(plain));
  const figure = (what: string, pick: (one: Sample) => number, unit: string): Figure => {
    const [one, other] = [pairs.ours.map(pick), pairs.reference.map(pick)];
    const note = `${median(one).toFixed(1)} and ${median(other).toFixed(1)} ${unit}`;
    return { what: `relay: ${what}, ${inFlight} in flight`, ...ratio(one, other), note };
  };
  const at = (part: number) => (one: Sample) => quantile(one.latencies, part);
  return [
    figure('messages per second', ({ perSecond }) => perSecond, 'per second'),
    figure('latency p50', at(0.5), 'ms'),
    figure('latency p99', at(0.99), 'ms'),
  ];
}

/** Each user has one message under way, because a user's messages are delivered in order. */
async function deliverMany(relay: RelayUnderTest, inFlight: number): Promise<Sample> {
  const latencies: number[] = [];
  const start = performance.now();
  const lane = async (_: unknown, user: number) => {
    for (let i = 0; i < MESSAGES; i++) latencies.push(await relay.deliver(`user-${user}`));
  };
  await Promise.all(Array.from({ length: inFlight }).map(lane));
  return { perSecond: (1000 * latencies.length) / (performance.now() - start), latencies };
}

async function measureWaiting(relay: RelayUnderTest): Promise<Figure> {
  const before = relay.resident();
  relay.stall();
  const tell = progressOf('waiting messages', WAITING);
  let left = WAITING;
  const lane = async (_: unknown, user: number) => {
    while (left-- > 0) {
      await relay.publish(`user-${user}`);
      tell(WAITING - left);
    }
  };
  await Promise.all(Array.from({ length: 64 }).map(lane));
  await new Promise((taken) => setTimeout(taken, TAKEN_WITHIN_MS));
  const after = relay.resident();
  return {
    what: `relay: resident memory, ${WAITING} waiting`,
    value: after,
    unit: ' MiB',
    samples: 1,
    bar: TASK_MEMORY,
    note: `${after.toFixed(0)} MiB, before ${before.toFixed(0)} MiB`,
  };
}
