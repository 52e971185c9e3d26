import assert from 'node:assert/strict';
import { CacheNotFoundError, InvalidArgumentError, LimitExceededError } from '@gomomento/sdk';
import { got, refused, type Stand, stand } from './sdk';
import { endSubscriptions, RawSubscriber, subscribe } from './subscriptions';

describe('the local Momento: topics', () => {
  let s: Stand;
  before(async () => {
    s = await stand({ heartbeatMs: 20, historyPerTopic: 3 });
  });
  afterEach(endSubscriptions);
  after(() => s.close());

  let count = 0;
  let topic = '';
  beforeEach(() => {
    count += 1;
    topic = `topic-${count}`;
  });

  const publish = async (...texts: string[]): Promise<void> => {
    for (const text of texts) got(await s.topics.publish('cache', topic, text), 'Success');
  };

  it('send every subscriber each message once, in one order, from sequence number 1 on', async () => {
    const [one, two] = [await subscribe(s.topics, topic), await subscribe(s.as().topics, topic)];
    await publish('a', 'b', 'c');
    for (const { items } of [one, two]) {
      const taken = await items.take(3);
      assert.deepEqual(
        taken.map((item) => item.valueString()),
        ['a', 'b', 'c'],
      );
      assert.deepEqual(
        taken.map((item) => item.sequenceNumber()),
        [1, 2, 3],
      );
      assert.deepEqual(
        taken.map((item) => item.tokenId()),
        ['', '', ''],
      );
    }
  });

  it('carry bytes as bytes', async () => {
    const { items } = await subscribe(s.topics, topic);
    got(await s.topics.publish('cache', topic, new Uint8Array([0, 200, 7])), 'Success');
    assert.deepEqual([...(await items.next()).valueUint8Array()], [0, 200, 7]);
  });

  it('keep topics and caches apart', async () => {
    await s.cache.createCache('another');
    const here = await subscribe(s.topics, topic);
    await s.topics.publish('another', topic, 'another cache');
    await s.topics.publish('cache', `${topic}-b`, 'another topic');
    await publish('here');
    assert.equal((await here.items.next()).valueString(), 'here');
  });

  it('accept a message that nobody listens to', () => publish('a'));

  it('send a heartbeat at once, and then regularly', async () => {
    const { heartbeats } = await subscribe(s.topics, topic);
    await heartbeats.take(3);
  });

  it('accept 4,096 bytes of UTF-8, and not one more', async () => {
    await publish('ä'.repeat(2_048));
    refused(await s.topics.publish('cache', topic, `${'ä'.repeat(2_048)}a`), LimitExceededError);
    refused(await s.topics.publish('cache', topic, new Uint8Array(4_097)), LimitExceededError);
  });

  it('of an unknown cache are not found', async () => {
    refused(await s.topics.publish('nowhere', topic, 'a'), CacheNotFoundError);
    refused(await s.topics.subscribe('nowhere', topic, {}), CacheNotFoundError);
    refused(await s.topics.publish('cache', ' ', 'a'), InvalidArgumentError);
  });

  it('end with their cache', async () => {
    await s.cache.createCache('short-lived');
    const { items, errors } = await subscribe(s.topics, topic, 'short-lived');
    await s.topics.publish('short-lived', topic, 'a');
    await items.next();
    await s.cache.deleteCache('short-lived');
    refused(await errors.next(), CacheNotFoundError);
  });

  it('continue without a loss for the official SDK after its connection broke', async () => {
    const { items, lost } = await subscribe(s.topics, topic);
    await publish('a');
    await items.next();
    s.momento.dropSubscriptions();
    await lost.next();
    await publish('b', 'c');
    assert.deepEqual(
      (await items.take(2)).map((item) => item.valueString()),
      ['b', 'c'],
    );
  });

  const resume = (at: number, page = 0): RawSubscriber => new RawSubscriber(s.momento.port, topic, at, page);

  const pageOf = async (at: number): Promise<number> => {
    const subscriber = resume(at);
    await subscriber.received.next();
    return subscriber.page;
  };

  describe('subscribed without a position', () => {
    it('begin with the latest message that was published', async () => {
      await publish('a', 'b');
      const { items } = await subscribe(s.topics, topic);
      await publish('c');
      const taken = await items.take(2);
      assert.deepEqual(
        taken.map((item) => item.valueString()),
        ['b', 'c'],
      );
    });

    it('first tell the page, and the sequence number before the latest message', async () => {
      await publish('a', 'b');
      const subscriber = resume(0);
      assert.equal(await subscriber.received.next(), 'gap 0>1');
      assert.equal(subscriber.page, await pageOf(1));
      assert.equal(await subscriber.received.next(), '2 b');
    });

    it('tell a page to who names an unknown one, and nothing to who names it', async () => {
      await publish('a', 'b');
      const page = await pageOf(1);
      const subscriber = resume(0, page - 1);
      assert.deepEqual(await subscriber.received.take(2), ['gap 0>1', '2 b']);
      assert.equal(subscriber.page, page);
      assert.equal(await resume(0, page).received.next(), '2 b');
    });

    it('tell nothing if there was no message yet', async () => {
      const subscriber = resume(0);
      const { heartbeats } = await subscribe(s.topics, topic);
      await heartbeats.next();
      await publish('a');
      assert.equal(await subscriber.received.next(), '1 a');
    });
  });

  describe('resumed by sequence number and page', () => {
    it('send the kept messages from that position on, without a discontinuity', async () => {
      await publish('a', 'b', 'c');
      const subscriber = resume(2, await pageOf(2));
      await publish('d');
      assert.deepEqual(await subscriber.received.take(3), ['2 b', '3 c', '4 d']);
    });

    it('report the missing messages if the history no longer reaches back', async () => {
      await publish('a', 'b', 'c', 'd', 'e', 'f', 'g');
      const subscriber = resume(2, await pageOf(5));
      assert.deepEqual(await subscriber.received.take(4), ['gap 1>4', '5 e', '6 f', '7 g']);
    });

    it('continue at the end if the position is beyond it', async () => {
      await publish('a');
      const subscriber = resume(9, await pageOf(1));
      assert.equal(await subscriber.received.next(), 'gap 8>1');
      await publish('b');
      assert.equal(await subscriber.received.next(), '2 b');
    });

    it('begin a new page from its start if the position is on another page', async () => {
      await publish('a');
      const page = await pageOf(1);
      const subscriber = resume(5, page - 1);
      assert.deepEqual(await subscriber.received.take(2), ['gap 4>0', '1 a']);
      assert.equal(subscriber.page, page);
    });

    it('begin again at 1 on a new page after a restart, which the official SDK reports as a discontinuity', async () => {
      const { items, discontinuities, lost } = await subscribe(s.topics, topic);
      await publish('a', 'b');
      await items.take(2);
      const page = await pageOf(1);
      s.momento.restart();
      await lost.next();
      got(await s.as().topics.publish('cache', topic, 'c'), 'Success'); // the old connection may be just breaking
      const gap = await discontinuities.next();
      assert.deepEqual([gap.last, gap.next], [2, 0]);
      assert.ok(gap.page > page);
      const item = await items.next();
      assert.deepEqual([item.sequenceNumber(), item.valueString()], [1, 'c']);
    });

    it('let a stuck reader miss messages, and tell it which', async () => {
      await publish('first');
      const subscriber = resume(1);
      await subscriber.received.next();
      subscriber.pause();
      const texts = Array.from({ length: 300 }, (_, index) => `${index}`.padEnd(4_000, '.'));
      await Promise.all(texts.map((text) => s.topics.publish('cache', topic, text)));
      await publish('last');
      subscriber.resume();
      let [previous, missed, received] = [1, 0, ''];
      while (!received.endsWith('last')) {
        received = await subscriber.received.next();
        const [, last, next] = /^gap (\d+)>(\d+)$/.exec(received) ?? [];
        if (next === undefined) {
          assert.equal(Number.parseInt(received, 10), previous + 1);
          previous += 1;
        } else {
          assert.equal(Number(last), previous);
          missed += Number(next) - previous;
          previous = Number(next);
        }
      }
      assert.equal(previous, 302);
      assert.ok(missed > 150, `missed ${missed} of 300`);
    });
  });
});
