import assert from 'node:assert/strict';
import { DisposableTokenScopes, ExpiresIn } from '@gomomento/sdk';
import { type MomentoEvents, type MomentoOptions, makeLegacyKey } from 'local-momento';
import { verifySignature } from '../../../handlers/core/signature';
import { Inbox } from './inbox';
import { type Receiver, startReceiver } from './receiver';
import { got, type Stand, stand } from './sdk';

describe('the local Momento: delivery to webhooks', () => {
  let s: Stand;
  let receiver: Receiver;
  let secret: string;
  let delivered: Inbox<MomentoEvents['delivered'][0]>;
  let dropped: Inbox<MomentoEvents['deliveryDropped'][0]>;

  const start = async (options: MomentoOptions = {}): Promise<void> => {
    s = await stand(options);
    delivered = new Inbox();
    dropped = new Inbox();
    s.momento.on('delivered', delivered.put);
    s.momento.on('deliveryDropped', dropped.put);
    secret = got(
      await s.topics.putWebhook('cache', 'hook', { topicName: 'topic', destination: receiver.url }),
      'Success',
    ).secretString();
  };
  const publish = async (...texts: string[]): Promise<void> => {
    for (const text of texts) got(await s.topics.publish('cache', 'topic', text), 'Success');
  };

  /** All received so far, in order. */
  const receivedTexts = async (): Promise<unknown[]> => {
    const received = await receiver.received.take(receiver.received.size);
    return received.map(({ body }) => JSON.parse(body.toString()).text);
  };

  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(async () => {
    await s.close();
    await receiver.close();
  });

  it('posts the documented event, signed, under Momento’s name', async () => {
    let now = 1_700_000_000_000;
    await start({ apiKeys: [makeLegacyKey()], now: () => now++ });
    const vended = got(
      await s.auth.generateDisposableToken(
        DisposableTokenScopes.topicPublishOnly('cache', 'topic'),
        ExpiresIn.minutes(1),
        { tokenId: 'taylor' },
      ),
      'Success',
    );
    got(await s.as(vended.authToken).topics.publish('cache', 'topic', 'Grüße "x" </script>'), 'Success');
    const { method, path, headers, body } = await receiver.received.next();
    assert.deepEqual([method, path], ['POST', '/hook?a=1']);
    const event = JSON.parse(body.toString());
    assert.deepEqual(Object.keys(event), [
      'cache',
      'topic',
      'event_timestamp',
      'publish_timestamp',
      'topic_sequence_number',
      'token_id',
      'text',
    ]);
    const { event_timestamp, publish_timestamp, ...rest } = event;
    assert.deepEqual(rest, {
      cache: 'cache',
      topic: 'topic',
      topic_sequence_number: 1,
      token_id: 'taylor',
      text: 'Grüße "x" </script>',
    });
    assert.ok(event_timestamp >= 1_700_000_000_000 && publish_timestamp >= event_timestamp);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(
      headers['user-agent'],
      'Momento/1.0 (Webhooks; +https://docs.momentohq.com/topics/webhooks)',
    );
    assert.match(String(headers['momento-signature']), /^[0-9a-f]{64}$/);
    assert.ok(verifySignature(body, String(headers['momento-signature']), [secret]));
  });

  it('sends an empty token id if an API key published, and numbers messages', async () => {
    await start();
    await publish('a', 'b');
    const events = (await receiver.received.take(2)).map(({ body }) => JSON.parse(body.toString()));
    events.sort((one, other) => one.topic_sequence_number - other.topic_sequence_number);
    assert.deepEqual(
      events.map(({ token_id, topic_sequence_number: at, text }) => [token_id, at, text]),
      [
        ['', 1, 'a'],
        ['', 2, 'b'],
      ],
    );
  });

  it('signs with the new secret after a rotation', async () => {
    await start();
    const rotated = got(await s.topics.rotateWebhookSecret('cache', 'hook'), 'Success').secret();
    await publish('a');
    const { body, headers } = await receiver.received.next();
    assert.ok(verifySignature(body, String(headers['momento-signature']), [rotated]));
    assert.ok(!verifySignature(body, String(headers['momento-signature']), [secret]));
  });

  it('calls the webhooks of the topic and no other', async () => {
    await start();
    const second = { topicName: 'topic-2', destination: receiver.url.replace('/hook', '/second') };
    got(await s.topics.putWebhook('cache', 'second', second), 'Success');
    await s.cache.createCache('another');
    await s.topics.publish('another', 'topic', 'x');
    await s.topics.publish('cache', 'topic-3', 'x');
    await s.topics.publish('cache', 'topic-2', 'x');
    assert.equal((await receiver.received.next()).path, '/second?a=1');
    await publish('a');
    assert.equal((await receiver.received.next()).path, '/hook?a=1');
    assert.equal(receiver.received.size, 0);
  });

  it('tries once, whatever the answer, and does not follow a redirect', async () => {
    await start({ deliveriesPerSecond: 5 });
    for (const status of [500, 429, 302, 404, 204]) {
      receiver.answer = (response) => response.writeHead(status, { location: receiver.url }).end();
      await publish(`${status}`);
      assert.equal((await delivered.next()).status, status);
    }
    await publish('a second later'); // a second try would have come before it
    assert.equal((await delivered.next()).message.text, 'a second later');
    assert.deepEqual(await receivedTexts(), ['500', '429', '302', '404', '204', 'a second later']);
  });

  it('gives up after its time-out, and does not try again', async () => {
    await start({ deliveryTimeoutMs: 300, deliveriesPerSecond: 1 });
    receiver.answer = () => undefined;
    await publish('a');
    const { status, error, ms } = await delivered.next();
    assert.deepEqual([status, error], [undefined, 'no answer within 300 ms']);
    assert.ok(ms >= 299, `${ms}`);
    receiver.answer = (response) => response.end();
    await publish('b'); // goes out a second after the first; a second try would come before it
    assert.equal((await delivered.next()).status, 200);
    assert.deepEqual(await receivedTexts(), ['a', 'b']);
  });

  it('reports that nobody answered', async () => {
    await start();
    const gone = await startReceiver();
    got(await s.topics.putWebhook('cache', 'hook', { topicName: 'topic', destination: gone.url }), 'Success');
    await gone.close();
    await publish('a');
    const { status, error } = await delivered.next();
    assert.equal(status, undefined);
    assert.match(String(error), /ECONNREFUSED/);
  });

  it('keeps to its rate, and loses no message that its backlog can hold', async () => {
    await start({ deliveriesPerSecond: 20, deliveryBacklog: 50 });
    await Promise.all(Array.from({ length: 50 }, (_, index) => publish(`${index}`)));
    const bodies = (await receiver.received.take(50)).map(({ body }) => JSON.parse(body.toString()));
    // When each was sent, by the sender's clock: a busy machine may receive them closer together.
    const sent = bodies.map(({ publish_timestamp }): number => publish_timestamp).sort((a, b) => a - b);
    for (let index = 20; index < sent.length; index += 1) {
      const span = (sent[index] ?? 0) - (sent[index - 20] ?? 0);
      assert.ok(span >= 950, `21 deliveries within ${span} ms`);
    }
    assert.equal(new Set(bodies.map(({ text }) => text)).size, 50);
  });

  it('drops what its backlog cannot hold', async () => {
    await start({ deliveriesPerSecond: 1, deliveryBacklog: 2 });
    await publish('1', '2', '3', '4');
    const drop = await dropped.next();
    assert.deepEqual([drop.reason, drop.message.text], ['backlog is full', '4']);
  });

  it('does not deliver bytes, which have no documented form', async () => {
    await start();
    got(await s.topics.publish('cache', 'topic', new Uint8Array([1, 2])), 'Success');
    assert.equal((await dropped.next()).reason, 'message is binary');
    await publish('text');
    assert.equal(JSON.parse((await receiver.received.next()).body.toString()).text, 'text');
  });

  it('ends with the server, also running calls', async () => {
    await start();
    receiver.answer = () => undefined;
    await publish('a');
    await receiver.received.next();
    const started = performance.now();
    await s.close();
    assert.ok(performance.now() - started < 1_000);
  });
});
