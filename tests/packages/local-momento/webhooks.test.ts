import assert from 'node:assert/strict';
import {
  CacheNotFoundError,
  InvalidArgumentError,
  LimitExceededError,
  type MomentoErrorCode,
} from '@gomomento/sdk';
import { startReceiver } from './receiver';
import { got, refused, type Stand, stand } from './sdk';

describe('the local Momento: webhooks', () => {
  let s: Stand;
  beforeEach(async () => {
    s = await stand();
  });
  afterEach(() => s.close());

  const put = (name: string, destination = 'http://127.0.0.1:9/hook', topicName = 'topic', cache = 'cache') =>
    s.topics.putWebhook(cache, name, { topicName, destination });
  const list = async () => got(await s.topics.listWebhooks('cache'), 'Success').getWebhooks();
  const secret = async (): Promise<string> =>
    got(await s.topics.getWebhookSecret('cache', 'hook'), 'Success').secret();

  it('are put, listed and deleted', async () => {
    got(await put('hook'), 'Success');
    const [webhook, ...more] = await list();
    assert.deepEqual(webhook?.id, { cacheName: 'cache', webhookName: 'hook' });
    assert.deepEqual([webhook?.topicName, more.length], ['topic', 0]);
    const url = typeof webhook?.destination === 'string' ? '' : webhook?.destination.url();
    assert.equal(url, 'http://127.0.0.1:9/hook');
    got(await s.topics.deleteWebhook('cache', 'hook'), 'Success');
    assert.deepEqual(await list(), []);
  });

  it('have their own secret, which put and get return, and a rotation replaces', async () => {
    const made = got(await put('hook'), 'Success').secretString();
    const other = got(await put('hook-2'), 'Success').secretString();
    assert.ok(made.length >= 32);
    assert.notEqual(made, other);
    assert.equal(await secret(), made);
    const rotated = got(await s.topics.rotateWebhookSecret('cache', 'hook'), 'Success').secret();
    assert.notEqual(rotated, made);
    assert.equal(await secret(), rotated);
  });

  it('move and keep their secret if they are put again by the same name', async () => {
    const made = got(await put('hook'), 'Success').secretString();
    got(await put('hook', 'http://127.0.0.1:9/other', 'topic-2'), 'Success');
    const webhooks = await list();
    assert.deepEqual(
      webhooks.map(({ topicName }) => topicName),
      ['topic-2'],
    );
    assert.equal(await secret(), made);
  });

  it('call nothing but literal loopback addresses', async () => {
    for (const url of ['https://127.0.0.1:9/', 'http://127.255.0.3/', 'http://[::1]:9/x']) {
      got(await put('hook', url), 'Success');
    }
    for (const url of [
      'http://localhost:9/',
      'http://127.0.0.1.example.com/',
      'http://10.0.0.1/',
      'http://0.0.0.0/',
      'http://[::]/',
      'http://[::ffff:127.0.0.1]/',
      'http://user@127.0.0.1/',
      'http://127.0.0.1@example.com/',
      'ftp://127.0.0.1/',
      'file:///etc/passwd',
      'not a url',
    ]) {
      assert.match(refused(await put('hook', url), InvalidArgumentError), /127\.0\.0\.0\/8/, url);
    }
  });

  it('for other machines are accepted if allowed, but still not called', async () => {
    const told = await stand({ takesAnyDestination: true });
    const receiver = await startReceiver();
    try {
      const byName = receiver.url.replace('127.0.0.1', 'localhost').replace('/hook', '/by-name');
      for (const [name, destination] of Object.entries({ 'by-name': byName, loopback: receiver.url })) {
        got(await told.topics.putWebhook('cache', name, { topicName: 'topic', destination }), 'Success');
      }
      for (const text of ['one', 'two']) got(await told.topics.publish('cache', 'topic', text), 'Success');
      const paths = (await receiver.received.take(2)).map(({ path }) => path);
      assert.deepEqual(paths, ['/hook?a=1', '/hook?a=1']);
    } finally {
      await told.close();
      await receiver.close();
    }
  });

  it('are limited to five per cache', async () => {
    for (const name of ['1', '2', '3', '4', '5']) got(await put(name), 'Success');
    refused(await put('6'), LimitExceededError);
    got(await put('5', 'http://127.0.0.1:9/moved'), 'Success');
    await s.cache.createCache('second');
    got(await put('6', undefined, undefined, 'second'), 'Success');
  });

  it('are not found if they or their cache do not exist', async () => {
    const notFound: `${MomentoErrorCode.CACHE_NOT_FOUND_ERROR}` = 'NOT_FOUND_ERROR';
    const answers = [
      await s.topics.deleteWebhook('cache', 'none'),
      await s.topics.getWebhookSecret('cache', 'none'),
      await s.topics.rotateWebhookSecret('cache', 'none'),
      await put('hook', undefined, undefined, 'nowhere'),
      await s.topics.listWebhooks('nowhere'),
    ];
    for (const answer of answers) assert.equal(got(answer, 'Error').errorCode(), notFound);
    refused(answers[0], CacheNotFoundError);
  });

  it('are deleted with their cache', async () => {
    got(await put('hook'), 'Success');
    await s.cache.deleteCache('cache');
    await s.cache.createCache('cache');
    assert.deepEqual(await list(), []);
  });
});
