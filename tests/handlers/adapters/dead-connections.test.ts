// The first call over a connection that died unnoticed: this thread stands still while it dies, and its clock jumps by ten
// minutes, as in a frozen function.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { CacheClient, Configurations } from '@gomomento/sdk';
import { type Momento, makeLegacyKey, startMomento } from 'local-momento';
import { MomentoClient } from '../../../handlers/adapters/momento-client';
import { apiKeyCredentials } from '../../../handlers/adapters/momento-credentials';
import { connect } from '../../../handlers/adapters/token-client';
import { Topic } from '../../../handlers/adapters/topic';
import { WebhookUrl } from '../../../handlers/adapters/webhook-url';
import { Unavailable } from '../../../handlers/core/errors';
import { listen } from '../../../local/aws/http';
import { DEATHS, DyingConnections } from '../../dying-connections';

const CACHE = 'comments';
const TOPIC = 'comment';
const TEN_MINUTES_MS = 600_000;
/** Longer than a connection must be silent to count as idle, shorter than it is trusted. */
const A_WHILE_MS = 30_000;

describe('over a connection that died unnoticed', () => {
  const apiKey = makeLegacyKey();
  const published: unknown[] = [];
  let momento: Momento;
  let proxy: DyingConnections;
  let local: string;
  const start = Date.now();
  let later = 0;
  const now = () => start + later; // however slow this machine is

  before(async () => {
    momento = await startMomento({ caches: [CACHE], apiKeys: [apiKey] });
    momento.on('published', ({ text }) => published.push(text));
    proxy = await DyingConnections.to(momento.port);
    local = `127.0.0.1:${proxy.port}`;
  });
  beforeEach(() => {
    published.length = 0;
    later = 0;
  });
  after(async () => {
    await proxy.close();
    await momento.close();
  });

  const topic = () => new Topic({ cacheName: CACHE, topicName: TOPIC, local }, now);
  const within = (milliseconds: number) => Date.now() + milliseconds;
  const client = <Client extends { close(): void }>(make: (apiKey: string) => Client) =>
    new MomentoClient('arn', make, { fetch: async () => apiKey, now });
  const cache = () =>
    client((key) => {
      const credentialProvider = apiKeyCredentials(key, { local });
      return new CacheClient({
        credentialProvider,
        configuration: Configurations.Lambda.latest(),
        defaultTtlSeconds: 60,
      });
    });
  const tokens = () => client((key) => connect(key, { local }));
  const request = { userId: 'taylor', cacheName: CACHE, may: [{ publish: TOPIC }], ttlMinutes: 1 };

  for (const death of DEATHS) {
    it(`the first message after a freeze is published, once (${death})`, async () => {
      const on = topic();
      await on.publish('before', apiKey, within(10_000));
      assert.ok(proxy.die(death) > 0);
      later = TEN_MINUTES_MS;
      await on.publish('after', apiKey, within(4_800));
      assert.deepEqual(published, ['before', 'after']);
    });

    it(`the first put after a freeze is stored (${death})`, async () => {
      const on = cache();
      const put = () => on.call((one) => one.sortedSetPutElement(CACHE, 'course', 'value', 1));
      await put();
      assert.ok(proxy.die(death) > 0);
      later = TEN_MINUTES_MS;
      assert.equal((await put()).type, 'Success');
      (await on.get()).close();
    });

    it(`the first token after a freeze is vended (${death})`, async () => {
      const on = tokens();
      const vend = () => on.call((one) => one.vend(request));
      await vend();
      assert.ok(proxy.die(death) > 0);
      later = TEN_MINUTES_MS;
      assert.equal((await vend()).type, 'Success');
      (await on.get()).close();
    });

    it(`a token is vended and a put stored even if the clock stood still (${death})`, async () => {
      const [vending, storing] = [tokens(), cache()];
      const vend = () => vending.call((one) => one.vend(request));
      const put = () => storing.call((one) => one.sortedSetPutElement(CACHE, 'course', 'value', 1));
      await Promise.all([vend(), put()]);
      assert.ok(proxy.die(death) > 1);
      const responses = await Promise.all([vend(), put()]);
      assert.deepEqual(
        responses.map(({ type }) => type),
        ['Success', 'Success'],
      );
      (await vending.get()).close();
      (await storing.get()).close();
    });
  }

  for (const death of ['fin', 'fin-rst', 'rst'] as const) {
    it(`a message after a while is published, once (${death})`, async () => {
      const on = topic();
      await on.publish('before', apiKey, within(10_000));
      assert.ok(proxy.die(death) > 0);
      later = A_WHILE_MS;
      await on.publish('after', apiKey, within(4_800));
      assert.deepEqual(published, ['before', 'after']);
    });

    it(`a message just after another is not published again, because it may have arrived (${death})`, async () => {
      const on = topic();
      await on.publish('before', apiKey, within(10_000));
      assert.ok(proxy.die(death) > 0);
      await assert.rejects(on.publish('after', apiKey, within(4_800)), Unavailable);
      await on.publish('the next', apiKey, within(4_800));
      assert.deepEqual(published, ['before', 'the next']);
    });
  }

  it('a message that got no answer is never published again', async () => {
    const on = topic();
    await on.publish('before', apiKey, within(10_000));
    proxy.die('silence');
    later = A_WHILE_MS;
    await assert.rejects(on.publish('after', apiKey, within(200)), Unavailable);
    assert.deepEqual(published, ['before']);
  });

  describe('to the webhook', () => {
    let server: Server;
    let toWebhook: DyingConnections;
    let posts = 0;

    before(async () => {
      server = createServer((request, response) => {
        posts++;
        request.resume().on('end', () => response.end('{}'));
      });
      toWebhook = await DyingConnections.to(await listen(server, 0));
    });
    after(async () => {
      await toWebhook.close();
      server.closeAllConnections();
      server.close();
    });

    for (const death of DEATHS) {
      it(`the relay’s first delivery after a freeze arrives, though all of its connections died (${death})`, async () => {
        const url = new WebhookUrl(`http://127.0.0.1:${toWebhook.port}/`, 4, now);
        const post = () => url.post({ body: Buffer.from('{}'), headers: {} });
        await Promise.all([post(), post(), post(), post()]);
        posts = 0;
        assert.equal(toWebhook.die(death), 4);
        later = TEN_MINUTES_MS;
        assert.equal((await post()).status, 200);
        assert.equal(posts, 1);
        url.close();
      });
    }

    for (const death of ['fin', 'fin-rst', 'rst'] as const) {
      it(`and so does one after a while (${death})`, async () => {
        const url = new WebhookUrl(`http://127.0.0.1:${toWebhook.port}/`, 4, now);
        const post = () => url.post({ body: Buffer.from('{}'), headers: {} });
        await Promise.all([post(), post(), post(), post()]);
        assert.equal(toWebhook.die(death), 4);
        assert.equal((await post()).status, 200);
        url.close();
      });
    }
  });
});
