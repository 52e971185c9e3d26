// A publisher whose messages come faster than they are delivered one after the other, and everybody else.
import assert from 'node:assert/strict';
import type { TopicEvent } from '../../../../handlers/core/event';
import type { Answered, DeliverySettings } from '../../../../handlers/core/relay/delivery';
import { settled } from './manual-clock';
import { always, relay } from './scripted-relay';

const never = new Promise<Answered>(() => {});

/** A relay that holds eight messages. The webhook takes everybody's at once, but never answers to the flooding publisher. */
async function flooded(capacity = { messages: 8, characters: 1_000 }) {
  const it = relay({ capacity });
  it.world.answer = async ({ token_id }) => (token_id === 'flood' ? never : { status: 200 });
  await it.start();
  const isOpen = () => it.streams.at(-1)?.isClosed === false;
  const aside = () => it.deadLetters.map((event) => event.topic_sequence_number);
  return { ...it, isOpen, aside };
}

/** As messages come one after the other, without a pause in between. */
function burst({ open }: Pick<ReturnType<typeof relay>, 'open'>, from: number, users: string[], text = 'x') {
  const listener = open();
  for (const [at, tokenId] of users.entries())
    listener.message({ page: 77, sequence: from + at, tokenId, text });
}

/** A queue that answers each batch when the test says so: with why it takes none of it, or that it takes all. */
function queueByHand() {
  const sent: { events: readonly TopicEvent[]; answer(reason?: string): void }[] = [];
  const deadLetter: DeliverySettings['deadLetter'] = (events) =>
    new Promise((resolve) => sent.push({ events, answer: (reason) => resolve(events.map(() => reason)) }));
  return { sent, deadLetter };
}

function sequences(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((one, other) => one - other);
}

describe('a relay that one publisher has filled', () => {
  it('puts the oldest into the dead-letter queue, but not the one under way, and listens again', async () => {
    const it = await flooded();
    burst(it, 1, Array(8).fill('flood'));
    assert.equal(it.isOpen(), false);
    await settled();
    assert.deepEqual(it.aside(), [2, 3, 4, 5, 6]);
    assert.equal(it.relay.unfinished, 3, 'less than half');
  });

  it('delivers everybody else meanwhile, and holds up nobody for longer than the queue takes', async () => {
    const it = await flooded();
    const users = Array(10).fill(['flood', 'taylor', 'flood', 'flood', 'robin', 'flood', 'flood', 'flood']);
    for (const [at, user] of users.flat().entries()) {
      for (let waits = 0; !it.isOpen(); waits++) {
        assert.ok(waits < 10, 'it listens again');
        await settled();
      }
      burst(it, 1 + at, [user]);
    }
    await settled();
    const posted = (user: string) => it.posts.filter(({ event }) => event.token_id === user).length;
    assert.deepEqual([posted('taylor'), posted('robin'), posted('flood')], [10, 10, 1]);
    assert.ok(it.deadLetters.every(({ token_id }) => token_id === 'flood'));
    assert.equal(it.deadLetters.length + it.relay.unfinished, 60);
  });

  it('gives each message to the webhook or to the queue, and counts and reports it once', async () => {
    const it = await flooded();
    const answers: ((answered: Answered) => void)[] = [];
    it.world.answer = () => new Promise((resolve) => answers.push(resolve));
    burst(it, 1, Array(8).fill('flood'));
    await settled();
    while (answers.length > 0) {
      answers.shift()?.({ status: 200 });
      await settled();
    }
    assert.deepEqual(it.delivered(), [1, 7, 8]);
    assert.deepEqual(it.aside(), [2, 3, 4, 5, 6]);
    assert.equal(it.relay.unfinished, 0);
    assert.deepEqual(it.report.counts, { DeadLettered: 5, Delivered: 3 });
    assert.deepEqual(it.report.of('set aside'), [{ level: 'error', outcome: 'set aside', messages: 5 }]);
    await it.clock.pass(1_000);
    assert.deepEqual(JSON.parse(it.world.checkpoint ?? ''), { page: 77, sequence: 9 });
  });

  it('goes by the length of the texts too', async () => {
    const it = await flooded({ messages: 1_000, characters: 80 });
    burst(it, 1, Array(8).fill('small'), 'x');
    burst(it, 9, Array(8).fill('flood'), 'x'.repeat(10));
    await settled();
    assert.deepEqual(it.aside(), [10, 11, 12, 13, 14]);
  });

  it('tries what the queue does not take at the webhook again, one after the other, and asks it for no other', async () => {
    const it = await flooded();
    it.world.queueIsUp = false;
    const answers: ((answered: Answered) => void)[] = [];
    it.world.answer = () => new Promise((resolve) => answers.push(resolve));
    burst(it, 1, Array(8).fill('flood'));
    await settled();
    assert.deepEqual([it.isOpen(), it.relay.unfinished], [false, 8]);
    while (answers.length > 0) {
      assert.equal(answers.length, 1);
      answers.shift()?.({ status: 200 });
      await settled();
    }
    assert.deepEqual(it.delivered(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(it.report.counts, { Delivered: 8 });
    assert.deepEqual([it.isOpen(), it.relay.unfinished], [true, 0]);
  });

  it('takes back what the queue refuses late, after its lane has passed it', async () => {
    const { sent, deadLetter } = queueByHand();
    const it = relay({ capacity: { messages: 50, characters: 1_000 }, inFlight: 2, deadLetter });
    await it.start();
    burst(it, 1, Array(50).fill('flood'));
    await settled();
    const aside = sequences(2, 27);
    assert.deepEqual(it.delivered(), [1, ...sequences(28, 50)], 'the lane has passed the others');
    for (const { answer } of sent) answer('out of reach');
    for (let waits = 0; waits < 100 && it.relay.unfinished > 0; waits++) await settled();
    assert.deepEqual(
      sent.map(({ events }) => events.length),
      [10, 10],
      'the other six are not tried',
    );
    assert.deepEqual(ascending(it.delivered().slice(24)), aside);
    assert.equal(it.relay.unfinished, 0);
  });

  it('gives back to the lane only those of a batch that the queue does not take', async () => {
    const it = relay({
      capacity: { messages: 8, characters: 1_000 },
      deadLetter: async (events) =>
        events.map(({ topic_sequence_number: number }) => (number % 2 === 0 ? 'InternalError' : undefined)),
    });
    await it.start();
    burst(it, 1, Array(8).fill('flood'));
    for (let waits = 0; waits < 100 && it.relay.unfinished > 0; waits++) await settled();
    assert.deepEqual(ascending(it.delivered()), [1, 2, 4, 6, 7, 8]);
    assert.deepEqual(it.report.counts, { Delivered: 6, DeadLettered: 2 });
    assert.equal(it.report.of('not dead-lettered').length, 3);
    assert.equal(it.relay.unfinished, 0);
  });

  it('fills again while the queue is slow, and still gives each message once, with its text', async () => {
    const { sent, deadLetter } = queueByHand();
    const it = relay({ capacity: { messages: 40, characters: 1_000 }, inFlight: 2, deadLetter });
    it.world.answer = async ({ token_id }) => (token_id === 'flood' ? never : { status: 200 });
    const isOpen = () => it.streams.at(-1)?.isClosed === false;
    await it.start();
    burst(it, 1, [...Array(15).fill('taylor'), ...Array(25).fill('flood')]);
    for (let waits = 0; waits < 20; waits++) await settled();
    for (const { answer } of sent.slice()) answer();
    await settled();
    assert.deepEqual([isOpen(), sent.length], [true, 3], 'one batch is still on its way');
    for (let n = 41; isOpen(); n++) burst(it, n, ['flood']);
    for (let at = 2; at < sent.length; at++) {
      sent[at]?.answer();
      await settled();
    }
    const events = sent.flatMap((each) => each.events);
    const numbers = events.map(({ topic_sequence_number: number }) => number);
    assert.equal(new Set(numbers).size, numbers.length);
    assert.ok(numbers.length > 40 && events.every(({ text }) => text === 'x'));
    assert.equal(it.report.counts.DeadLettered, numbers.length);
  });

  it('waits for what was tried where that is too much by itself', async () => {
    const it = await flooded({ messages: 10, characters: 100 });
    it.world.answer = () => never;
    burst(it, 1, Array(2).fill('long'), 'x'.repeat(26));
    burst(it, 3, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    await settled();
    assert.deepEqual([it.isOpen(), it.aside(), it.relay.unfinished], [false, [2], 9]);
  });

  it('asks the queue for no more at the same time than the webhook', async () => {
    let underWay = 0;
    let most = 0;
    const it = relay({
      capacity: { messages: 1_000, characters: 10_000 },
      deadLetter: async (events) => {
        most = Math.max(most, ++underWay);
        await settled();
        underWay -= 1;
        return events.map(() => undefined);
      },
    });
    it.world.answer = () => never;
    await it.start();
    burst(it, 1, Array(1_000).fill('flood'));
    for (let waits = 0; waits < 1_000 && it.relay.unfinished >= 500; waits++) await settled();
    assert.deepEqual([most, it.relay.unfinished], [32, 499]);
  });
});

describe('a relay that many publishers have filled', () => {
  const counted = (events: readonly TopicEvent[], user: string) =>
    events.filter(({ token_id }) => token_id === user).length;

  it('sets the oldest of those aside who hold most, until they hold alike, and nothing of anybody else', async () => {
    const it = await flooded({ messages: 20, characters: 1_000 });
    it.world.answer = () => never;
    burst(it, 1, [...Array(9).fill('a'), ...Array(8).fill('b'), 'one', 'two', 'three']);
    await settled();
    assert.deepEqual([it.isOpen(), it.relay.unfinished], [true, 9]);
    assert.deepEqual(it.aside(), [...sequences(2, 7), ...sequences(11, 15)], 'three of each are left');
  });

  it('goes by the length of their texts too', async () => {
    const it = await flooded({ messages: 1_000, characters: 100 });
    it.world.answer = () => never;
    burst(it, 1, Array(20).fill('short'), 'x');
    burst(it, 21, Array(10).fill('long'), 'x'.repeat(8));
    await settled();
    assert.deepEqual([counted(it.deadLetters, 'short'), counted(it.deadLetters, 'long')], [0, 7]);
    assert.equal(it.isOpen(), true);
  });

  it('hears everybody through an outage of the webhook, and loses nothing', async () => {
    const it = await flooded({ messages: 40, characters: 1_000 });
    it.world.answer = always(503);
    const users = ['a', 'b', 'c', 'd'];
    for (let n = 1; n <= 400; n++) {
      for (let waits = 0; !it.isOpen(); waits++) {
        assert.ok(waits < 10, 'it listens again');
        await settled();
      }
      burst(it, n, [users[n % 4] ?? '']);
    }
    await settled();
    const delivered: number[] = [];
    it.world.answer = async ({ topic_sequence_number: number }) => {
      delivered.push(number);
      return { status: 200 };
    };
    for (let waits = 0; waits < 1_000 && it.relay.unfinished > 0; waits++) await it.clock.pass(500);
    assert.deepEqual(ascending([...delivered, ...it.aside()]), sequences(1, 400));
    assert.ok(delivered.length >= 19, 'what it held when the webhook came back');
  });
});
