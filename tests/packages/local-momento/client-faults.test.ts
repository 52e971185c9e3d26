import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  CacheClient,
  CacheNotFoundError,
  Configurations,
  CredentialProvider,
  DefaultEligibilityStrategy,
  FixedCountRetryStrategy,
  FixedTimeoutRetryStrategy,
  InvalidArgumentError,
  type Middleware,
  type MiddlewareRequestHandler,
  NoopMomentoLoggerFactory,
  PermissionError,
  type RetryStrategy,
  ServerUnavailableError,
  TimeoutError,
  TopicClient,
  TopicConfigurations,
} from '@gomomento/sdk';
import type { MomentoEvents } from 'local-momento';
import { Inbox } from './inbox';
import { got, refused, type Stand, stand } from './sdk';
import { endSubscriptions, subscribe } from './subscriptions';

const quiet = new NoopMomentoLoggerFactory();
const eligibility = new DefaultEligibilityStrategy(quiet);

/** Sends headers with every call, as the middleware of Momento's own suites does. */
class WithHeaders implements Middleware {
  readonly shouldLoadLate = true;
  constructor(private readonly headers: Readonly<Record<string, string>>) {}

  onNewRequest(): MiddlewareRequestHandler {
    const { headers } = this;
    return {
      onRequestMetadata: async (metadata) => {
        for (const [name, value] of Object.entries(headers)) metadata._grpcMetadata.set(name, value);
        return metadata;
      },
      onRequestBody: async (request) => request,
      onResponseMetadata: async (metadata) => metadata,
      onResponseBody: async (response) => response,
      onResponseStatus: async (status) => status,
    };
  }
}

describe('the local Momento: faults that a client asks for itself', () => {
  let s: Stand;
  let calls: MomentoEvents['call'][0][];
  let faults: MomentoEvents['fault'][0][];
  const clients: CacheClient[] = [];
  before(async () => {
    s = await stand({ heartbeatMs: 20 });
    s.momento.on('call', (call) => calls.push(call));
    s.momento.on('fault', (fault) => faults.push(fault));
  });
  beforeEach(() => {
    calls = [];
    faults = [];
  });
  afterEach(endSubscriptions);
  after(async () => {
    for (const client of clients) client.close();
    await s.close();
  });

  const credentialProvider = () =>
    CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port: s.momento.port });

  function cacheWith(headers: Record<string, string>, retry?: RetryStrategy, timeoutMs = 5_000): CacheClient {
    const configuration = Configurations.Laptop.latest(quiet)
      .withClientTimeoutMillis(timeoutMs)
      .withRetryStrategy(
        retry ??
          new FixedCountRetryStrategy({
            loggerFactory: quiet,
            maxAttempts: 3,
            eligibilityStrategy: eligibility,
          }),
      )
      .withMiddlewares([new WithHeaders({ 'request-id': randomUUID(), ...headers })]);
    const client = new CacheClient({
      credentialProvider: credentialProvider(),
      configuration,
      defaultTtlSeconds: 60,
    });
    clients.push(client);
    return client;
  }

  function topicsWith(headers: Record<string, string>): TopicClient {
    return new TopicClient({
      credentialProvider: credentialProvider(),
      configuration: TopicConfigurations.Default.latest(quiet).withMiddlewares([
        new WithHeaders({ 'request-id': randomUUID(), ...headers }),
      ]),
    });
  }

  it('refuse every call of the RPCs it names, with the error it names, until its retries are used up', async () => {
    const cache = cacheWith({ 'return-error': 'unavailable', 'error-rpcs': 'get list-length' });
    refused(await cache.get('cache', 'key'), ServerUnavailableError);
    assert.equal(faults.length, 4, 'one call and three retries');
    refused(await cache.listLength('cache', 'list'), ServerUnavailableError);
    got(await cache.set('cache', 'key', 'value'), 'Success');
    got(await s.cache.get('cache', 'key'), 'Hit');
  });

  it('are not retried where the SDK may not repeat the RPC, or the error stays', async () => {
    const increments = cacheWith({ 'return-error': 'unavailable', 'error-rpcs': 'increment' });
    refused(await increments.increment('cache', 'counter', 1), ServerUnavailableError);
    const denied = cacheWith({ 'return-error': 'permission-denied', 'error-rpcs': 'get' });
    refused(await denied.get('cache', 'key'), PermissionError);
    assert.equal(faults.length, 2);
  });

  it('stop after error-count calls of the session: the retry succeeds', async () => {
    const headers = { 'return-error': 'unavailable', 'error-rpcs': 'get', 'error-count': '2' };
    const cache = cacheWith(headers);
    got(await cache.get('cache', 'nothing'), 'Miss');
    assert.equal(faults.length, 2);
    got(await cache.get('cache', 'nothing'), 'Miss');
    assert.equal(faults.length, 2);
    got(await cacheWith(headers).get('cache', 'nothing'), 'Miss');
    assert.equal(faults.length, 4, 'another session counts anew');
  });

  it('delay the first delay-count calls, their refusals too', async () => {
    const cache = cacheWith({
      'delay-rpcs': 'get',
      'delay-ms': '60',
      'delay-count': '2',
      'return-error': 'unavailable',
      'error-rpcs': 'get',
      'error-count': '1',
    });
    const started = performance.now();
    got(await cache.get('cache', 'nothing'), 'Miss');
    assert.ok(performance.now() - started >= 118, 'a refusal and an answer, each 60 ms late');
    assert.deepEqual(
      faults.map(({ kind }) => kind),
      ['refuse', 'delay'],
    );
  });

  it('let a client with fixed time-outs try again while the answer is late', async () => {
    const retry = new FixedTimeoutRetryStrategy({
      loggerFactory: quiet,
      eligibilityStrategy: eligibility,
      retryDelayIntervalMillis: 20,
      responseDataReceivedTimeoutMillis: 100,
    });
    const late = { 'delay-rpcs': 'get', 'delay-ms': '1000' };
    refused(await cacheWith(late, retry, 500).get('cache', 'key'), TimeoutError);
    const once = { 'return-error': 'unavailable', 'error-rpcs': 'get', 'error-count': '1' };
    got(await cacheWith(once, retry).get('cache', 'nothing'), 'Miss');
  });

  it('reach topics as well: a publish that is late', async () => {
    const topics = topicsWith({ 'delay-rpcs': 'topic-publish', 'delay-ms': '60' });
    const started = performance.now();
    got(await topics.publish('cache', 'topic', 'a'), 'Success');
    assert.ok(performance.now() - started >= 59);
    refused(
      await topicsWith({ 'error-rpcs': 'topic-publish', 'return-error': 'not-found' }).publish(
        'cache',
        'topic',
        'a',
      ),
      CacheNotFoundError,
    );
  });

  it('end each stream after so many messages: the SDK subscribes again where the error passes', async () => {
    const { lost, heartbeats, errors } = await subscribe(
      topicsWith({
        'stream-error-rpcs': 'topic-subscribe',
        'stream-error': 'unavailable',
        'stream-error-message-limit': '3',
      }),
      'passing',
    );
    await lost.next();
    assert.equal(heartbeats.size, 3);
    await lost.next();
    assert.equal(errors.size, 0);
  });

  it('end each stream after so many messages: the SDK gives up where the error stays', async () => {
    const ended = new Inbox<MomentoEvents['unsubscribed'][0]>();
    s.momento.on('unsubscribed', ended.put);
    const { errors, heartbeats } = await subscribe(
      topicsWith({
        'stream-error-rpcs': 'topic-subscribe',
        'stream-error': 'not-found',
        'stream-error-message-limit': '2',
      }),
      'staying',
    );
    assert.match(String(await errors.next()), /NOT_FOUND/);
    assert.equal((await ended.next()).topic, 'staying');
    assert.equal(heartbeats.size, 2);
    s.momento.off('unsubscribed', ended.put);
  });

  it('come after those of the one who started it', async () => {
    s.momento.setFaults((operation) =>
      operation === 'Get' ? { kind: 'refuse', status: 'permission-denied' } : undefined,
    );
    const cache = cacheWith({ 'return-error': 'not-found', 'error-rpcs': 'get set' });
    refused(await cache.get('cache', 'key'), PermissionError);
    refused(await cache.set('cache', 'key', 'value'), CacheNotFoundError);
    s.momento.setFaults(undefined);
  });

  it('that it cannot follow are refused with what is wrong and what is allowed', async () => {
    const mistakes: [headers: Record<string, string>, says: RegExp][] = [
      [{ 'error-rpcs': 'geet', 'return-error': 'unavailable' }, /error-rpcs: no RPC "geet"; there are get, /],
      [{ 'error-rpcs': 'get' }, /return-error must be one of aborted, .*not ""/],
      [{ 'error-rpcs': 'get', 'return-error': 'broken' }, /return-error must be one of .*not "broken"/],
      [{ 'delay-rpcs': 'get', 'delay-ms': 'soon' }, /delay-ms must be a whole number from 0 on, not "soon"/],
    ];
    for (const [headers, says] of mistakes) {
      const error = refused(await cacheWith(headers).get('cache', 'key'), InvalidArgumentError);
      assert.match(error, says);
    }
    assert.deepEqual(
      calls.filter(({ operation }) => operation === 'Get'),
      [],
    );
  });
});
