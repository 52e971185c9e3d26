// Momento's web SDK, as it is published, in a real Chromium against the local Momento.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import {
  AuthClient,
  AuthClientConfigurations,
  CacheClient,
  Configurations,
  CredentialProvider,
  type DisposableTokenScope,
  ExpiresIn,
  GenerateDisposableTokenResponse,
  NoopMomentoLoggerFactory,
  DisposableTokenScopes as Scopes,
  TopicClient,
  TopicConfigurations,
} from '@gomomento/sdk';
import {
  FAULT_KINDS,
  type FaultKind,
  type Momento,
  type MomentoOptions,
  makeLegacyKey,
  startMomento,
} from 'local-momento';
import type { Browser, Page as Tab } from 'playwright-core';
import { listen } from '../../local/aws/http';
import { webSdk } from '../../local/web-sdk';
import { launch } from './chromium';
import {
  connect,
  hasFeltBeats,
  hasHeard,
  heard,
  publish,
  readAll,
  subscribe,
  unsubscribe,
} from './in-page-sdk';

const cacheName = 'cache';
const apiKey = makeLegacyKey();
const quiet = new NoopMomentoLoggerFactory();

describe('the web SDK in a browser', () => {
  let browser: Browser;
  let site: Server;
  let url: string;
  let momento: Momento;
  let tab: Tab;

  before(async () => {
    browser = await launch();
    const script = await webSdk();
    site = createServer((request, response) => {
      const [type, content] =
        request.url === '/web-sdk.js'
          ? ['text/javascript', script]
          : ['text/html', '<!doctype html><title>A page</title>'];
      const policy = `default-src 'none'; script-src 'self'; connect-src ${momento.url}`;
      response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(content);
    });
    url = `http://127.0.0.1:${await listen(site, 0)}/`;
  });
  afterEach(async () => {
    await tab.close();
    await momento.close();
  });
  after(async () => {
    await browser?.close();
    site?.close();
  });

  const start = async (options: MomentoOptions = {}): Promise<void> => {
    momento = await startMomento({ apiKeys: [apiKey], caches: [cacheName], ...options });
    tab = await browser.newPage();
    await tab.goto(url);
  };
  const credentials = () => {
    const local = `127.0.0.1:${momento.port}`;
    const all = { cacheEndpoint: local, controlEndpoint: local, tokenEndpoint: local };
    return CredentialProvider.fromDisposableToken({
      apiKey,
      endpointOverrides: { ...all, secureConnection: false },
    });
  };
  /** Gives the page what Momento vends, unchanged. */
  const connectAs = async (tokenId: string, scope: DisposableTokenScope): Promise<void> => {
    const configuration = AuthClientConfigurations.Default.latest(quiet);
    const auth = new AuthClient({ credentialProvider: credentials(), configuration });
    const vended = await auth.generateDisposableToken(scope, ExpiresIn.minutes(5), { tokenId });
    assert(vended.type === GenerateDisposableTokenResponse.Success, vended.toString());
    const { authToken, endpoint } = vended;
    await tab.evaluate(connect, { authToken, endpoint, cacheName });
  };
  const everything = Scopes.topicPublishSubscribe(cacheName, 'chat');

  it('publishes and subscribes with a vended token, as it is handed out', async () => {
    await start();
    await connectAs('taylor', everything);
    assert.equal(await tab.evaluate(subscribe, 'chat'), 'Subscription');
    assert.equal(await tab.evaluate(publish, { topic: 'chat', text: 'Grüße, 世界 👋' }), 'Success');
    await tab.waitForFunction(hasHeard, 1);
    const { items } = await tab.evaluate(heard);
    assert.deepEqual(items, [{ text: 'Grüße, 世界 👋', tokenId: 'taylor' }]);
  });

  it('hears heartbeats, also on a topic where nothing happens', async () => {
    await start({ heartbeatMs: 20 });
    await connectAs('taylor', everything);
    await tab.evaluate(subscribe, 'chat');
    await tab.waitForFunction(hasFeltBeats, 3); // a text would need `eval`, which the page forbids
  });

  it('receives a message of the largest size whole, and each of a hundred in order', async () => {
    await start();
    await connectAs('taylor', everything);
    await tab.evaluate(subscribe, 'chat');
    const texts = ['x'.repeat(4_096), ...Array.from({ length: 100 }, (_, index) => String(index))];
    const configuration = TopicConfigurations.Default.latest(quiet);
    const topics = new TopicClient({ credentialProvider: credentials(), configuration });
    for (const text of texts) await topics.publish(cacheName, 'chat', text);
    await tab.waitForFunction(hasHeard, texts.length);
    const { items } = await tab.evaluate(heard);
    assert.deepEqual(
      items.map(({ text }) => text),
      texts,
    );
  });

  it('reads scalars, lists and sorted sets', async () => {
    await start();
    const configuration = Configurations.Laptop.latest(quiet);
    const cache = new CacheClient({
      credentialProvider: credentials(),
      configuration,
      defaultTtlSeconds: 60,
    });
    await cache.set(cacheName, 'scalar', 'one');
    await cache.listConcatenateBack(cacheName, 'list', ['a', 'b']);
    await cache.sortedSetPutElement(cacheName, 'set', 'low', 1);
    await cache.sortedSetPutElement(cacheName, 'set', 'high', 2.5);
    cache.close();
    await connectAs('taylor', Scopes.cacheReadOnly(cacheName));
    assert.deepEqual(await tab.evaluate(readAll), {
      scalar: 'one',
      list: ['a', 'b'],
      set: [
        { value: 'high', score: 2.5 },
        { value: 'low', score: 1 },
      ],
    });
  });

  it('is refused what its token does not allow, and everything once the token has expired', async () => {
    let now = Date.now();
    await start({ now: () => now });
    await connectAs('taylor', Scopes.topicPublishOnly(cacheName, 'chat'));
    assert.equal(await tab.evaluate(subscribe, 'chat'), 'PERMISSION_ERROR');
    assert.equal(await tab.evaluate(publish, { topic: 'other', text: 'no' }), 'PERMISSION_ERROR');
    now += 5 * 60_000;
    assert.equal(await tab.evaluate(publish, { topic: 'chat', text: 'late' }), 'AUTHENTICATION_ERROR');
  });

  it('ends a subscription for the server too when it unsubscribes, and when its page is closed', async () => {
    await start();
    for (const end of [() => tab.evaluate(unsubscribe), () => tab.close()]) {
      if (tab.isClosed()) tab = await browser.newPage();
      await tab.goto(url);
      await connectAs('taylor', everything);
      await tab.evaluate(subscribe, 'chat');
      const ended = new Promise((resolve) => momento.on('unsubscribed', resolve));
      await end();
      await ended;
    }
  });

  const answers: Record<FaultKind, { answer: string; published: number }> = {
    refuse: { answer: 'SERVER_UNAVAILABLE', published: 0 },
    throttle: { answer: 'LIMIT_EXCEEDED_ERROR', published: 0 },
    delay: { answer: 'Success', published: 1 },
    'apply-then-time-out': { answer: 'TIMEOUT_ERROR', published: 1 },
    'apply-late': { answer: 'TIMEOUT_ERROR', published: 1 },
    'apply-then-stall': { answer: 'TIMEOUT_ERROR', published: 1 },
    'answer-then-drop': { answer: 'Success', published: 1 },
    'wrong-page': { answer: 'Success', published: 1 },
    'end-stream': { answer: 'Success', published: 1 },
    restart: { answer: 'UNKNOWN_SERVICE_ERROR', published: 0 },
  };
  for (const kind of FAULT_KINDS) {
    const { answer, published } = answers[kind];
    it(`gets ${answer} under the fault ${kind}, and its next call succeeds`, async () => {
      await start();
      await connectAs('taylor', everything);
      const texts: (string | undefined)[] = [];
      momento.on('published', ({ text }) => texts.push(text));
      momento.setFaults((operation) => (operation === 'Publish' ? { kind, ms: 50 } : undefined));
      assert.equal(await tab.evaluate(publish, { topic: 'chat', text: 'under a fault' }), answer);
      momento.setFaults(undefined);
      assert.equal(await tab.evaluate(publish, { topic: 'chat', text: 'next' }), 'Success');
      assert.deepEqual(texts, [...Array(published).fill('under a fault'), 'next']);
    });
  }

  it('subscribes again by itself after every connection was cut, and misses nothing that the topic still has', async () => {
    await start();
    await connectAs('taylor', everything);
    await tab.evaluate(subscribe, 'chat');
    await tab.evaluate(publish, { topic: 'chat', text: 'before' });
    await tab.waitForFunction(hasHeard, 1);
    const again = new Promise((resolve) => momento.on('subscribed', resolve));
    momento.connections.close();
    assert.equal(await tab.evaluate(publish, { topic: 'chat', text: 'meanwhile' }), 'Success');
    await again;
    await tab.waitForFunction(hasHeard, 2);
    const { items, errors } = await tab.evaluate(heard);
    assert.deepEqual(
      items.map(({ text }) => text),
      ['before', 'meanwhile'],
    );
    assert.deepEqual(errors, []);
  });
});
