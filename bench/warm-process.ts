// The process in which warm calls are timed: a bundle's handler and the bare SDK in turn, over open connections. What the
// handler logs is discarded with standard output.
import {
  CacheClient,
  CollectionTtl,
  Configurations,
  CredentialProvider,
  DisposableTokenScopes,
  ExpiresIn,
  GenerateDisposableTokenResponse,
  NoopMomentoLoggerFactory,
  AuthClient as Tokens,
  TopicClient,
  TopicConfigurations,
} from '@gomomento/sdk';
import { progressOf } from '../local/commands/progress';
import { type Region, signedRequest } from './region';

export interface WarmTask {
  readonly kind: 'webhook' | 'denied' | 'publisher';
  /** The bundle. */
  readonly file: string;
  readonly region: Region;
  readonly samples: number;
  /** Pairs of calls per sample. */
  readonly calls: number;
}

/** Milliseconds of each call, by sample. */
export interface WarmTimes {
  readonly ours: number[][];
  readonly reference: number[][];
}

type Handler = (request: unknown) => Promise<{ statusCode: number; body: string }>;

async function run({ kind, file, region, samples, calls }: WarmTask): Promise<WarmTimes> {
  const { handler }: { handler: Handler } = await import(file);
  const answered = (expected: number, request: () => object) => async () => {
    const input = request();
    const start = performance.now();
    const { statusCode, body } = await handler(input);
    const took = performance.now() - start;
    if (statusCode !== expected) throw new Error(`answered ${statusCode} instead of ${expected}: ${body}`);
    return took;
  };
  const stored = answered(200, () => signedRequest(region));
  const [ours, reference] =
    kind === 'webhook'
      ? [stored, barePut(region)]
      : kind === 'denied'
        ? [answered(403, () => signedRequest(region, 'a secret that never was')), stored]
        : [answered(200, publication), await barePublish(region)];
  const sample = async (): Promise<[number[], number[]]> => {
    const times: [number[], number[]] = [[], []];
    for (let i = 0; i < calls; i++) {
      // In turn, alternating which goes first.
      if (i % 2) times[0].push(await ours());
      times[1].push(await reference());
      if (i % 2 === 0) times[0].push(await ours());
    }
    return times;
  };
  for (let i = 0; i < 3; i++) await sample(); // until V8 has compiled the hot code
  const times: WarmTimes = { ours: [], reference: [] };
  const tell = progressOf(`samples of ${kind}`, samples);
  for (let i = 0; i < samples; i++) {
    const [one, other] = await sample();
    times.ours.push(one);
    times.reference.push(other);
    tell(i + 1);
  }
  return times;
}

let publications = 0;

function publication() {
  publications++;
  return { userId: 'taylor', courseId: `course-${publications % 20}`, comment: `comment ${publications}` };
}

async function timed(call: () => Promise<object>): Promise<number> {
  const start = performance.now();
  const response = await call();
  const took = performance.now() - start;
  if ('errorCode' in response) throw new Error(`the bare SDK's call failed: ${String(response)}`);
  return took;
}

function credentials(apiKey: string, { environment }: Region) {
  const { host } = new URL(environment.MOMENTO_ENDPOINT_URL ?? '');
  const endpointOverrides = {
    cacheEndpoint: host,
    controlEndpoint: host,
    tokenEndpoint: host,
    secureConnection: false,
  };
  return CredentialProvider.fromDisposableToken({ apiKey, endpointOverrides });
}

function barePut(region: Region): () => Promise<number> {
  const client = new CacheClient({
    credentialProvider: credentials(region.apiKey, region),
    configuration: Configurations.Lambda.latest(new NoopMomentoLoggerFactory()),
    defaultTtlSeconds: 3600,
  });
  const ttl = CollectionTtl.of(3600);
  let puts = 0;
  return () => {
    puts++;
    const value = JSON.stringify({ userID: `user-${puts % 100}`, comment: `comment ${puts}`, eventId: puts });
    const set = `bare-${puts % 20}`;
    return timed(() => client.sortedSetPutElement(region.cacheName, set, value, Date.now(), { ttl }));
  };
}

/** With a user's token, like the publisher. */
async function barePublish(region: Region): Promise<() => Promise<number>> {
  const { cacheName, topicName } = region;
  const tokens = new Tokens({ credentialProvider: credentials(region.apiKey, region) });
  const scope = DisposableTokenScopes.topicPublishOnly(cacheName, topicName);
  const token = await tokens.generateDisposableToken(scope, ExpiresIn.minutes(30), { tokenId: 'taylor' });
  if (token.type !== GenerateDisposableTokenResponse.Success) throw new Error(token.toString());
  const client = new TopicClient({
    credentialProvider: credentials(token.authToken, region),
    configuration: TopicConfigurations.Default.latest(new NoopMomentoLoggerFactory()),
  });
  let texts = 0;
  return () => {
    const text = JSON.stringify({ comment: `comment ${++texts}`, courseId: 'bare' });
    return timed(() => client.publish(cacheName, topicName, text));
  };
}

console.warn = console.info; // standard output is discarded
process.once('message', (task: WarmTask) => {
  run(task).then(
    (times) => process.send?.(times, () => process.exit()),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
