// The relay's rules, on a clock that is hurried: what follows from each answer, each break and each limit.
import assert from 'node:assert/strict';
import { CachedSecret } from '../../../../handlers/core/cached-secret';
import { eventParser, type TopicEvent } from '../../../../handlers/core/event';
import type { Answered } from '../../../../handlers/core/relay/delivery';
import type { StreamListener } from '../../../../handlers/core/relay/feed';
import type { Position } from '../../../../handlers/core/relay/following';
import { Relay, type RelaySettings } from '../../../../handlers/core/relay/relay';
import type { WebhookRequest } from '../../../../handlers/core/relay/request';
import { SIGNATURE_HEADER, verifySignature } from '../../../../handlers/core/signature';
import { ManualClock, settled } from './manual-clock';
import { RecordedReport } from './recorded-report';

const PAGE = 77;
const parseEvent = eventParser({ cache: 'c', topic: 't' });

/** A relay whose topic, webhook, queue and cache are the test's. */
function relay(settings: Partial<RelaySettings> = {}) {
  const clock = new ManualClock();
  const report = new RecordedReport();
  const streams: { from: Position | undefined; listener: StreamListener; isClosed: boolean }[] = [];
  const posts: { at: number; request: WebhookRequest; event: TopicEvent }[] = [];
  const deadLetters: TopicEvent[] = [];
  const world = {
    secret: 'one',
    secretAges: [] as number[],
    checkpoint: undefined as string | undefined,
    checkpointIsUp: true,
    queueIsUp: true,
    answer: async (_event: TopicEvent): Promise<Answered> => ({ status: 200 }),
  };
  const it = new Relay({
    cache: 'c',
    topic: 't',
    clock,
    report,
    openStream: (from, listener) => {
      const stream = { from, listener, isClosed: false };
      streams.push(stream);
      return {
        close() {
          stream.isClosed = true;
        },
      };
    },
    checkpoints: {
      read: async () => {
        if (!world.checkpointIsUp) throw new Error('out of reach');
        return world.checkpoint;
      },
      write: async (text) => {
        world.checkpoint = text;
      },
    },
    post: (request) => {
      const event = parseEvent(request.body.toString());
      posts.push({ at: clock.now(), request, event });
      return world.answer(event);
    },
    signingSecret: async (maxAgeMs) => {
      world.secretAges.push(maxAgeMs);
      return world.secret;
    },
    deadLetter: async (event) => {
      if (!world.queueIsUp) throw new Error('out of reach');
      deadLetters.push(event);
    },
    ...settings,
  });
  let sequence = 0;
  const open = () => {
    const stream = streams.at(-1);
    assert(stream && !stream.isClosed, 'the stream is open');
    return stream.listener;
  };
  const receive = async (tokenId = 'taylor', text: string | undefined = 'hello') => {
    open().message({ page: PAGE, sequence: ++sequence, tokenId, text });
    await settled();
  };
  const start = async () => {
    await it.start();
    open().heartbeat();
  };
  const delivered = () => posts.map(({ event }) => event.topic_sequence_number);
  return { relay: it, clock, report, streams, posts, deadLetters, world, open, receive, start, delivered };
}

const always = (status: number, retryAfter?: string) => async (): Promise<Answered> => ({
  status,
  retryAfter,
});

describe('a delivery of the relay', () => {
  it("is Momento's own request, and carries the sequence page", async () => {
    const { clock, posts, receive, start } = relay();
    await start();
    await receive('taylor', 'hello');
    const [post, ...others] = posts;
    assert(post && others.length === 0);
    assert.equal(
      post.request.body.toString(),
      `{"cache":"c","topic":"t","event_timestamp":${clock.now()},"publish_timestamp":${clock.now()},` +
        `"topic_sequence_number":1,"topic_sequence_page":${PAGE},"token_id":"taylor","text":"hello"}`,
    );
    const { [SIGNATURE_HEADER]: signature = '', ...headers } = post.request.headers;
    assert(verifySignature(post.request.body, signature, ['one']));
    assert.deepEqual(headers, {
      'content-type': 'application/json',
      'content-length': String(post.request.body.length),
      'user-agent': 'Momento/1.0 (Webhooks; +https://docs.momentohq.com/topics/webhooks)',
    });
  });

  it('is signed anew at each try, with a new time of publishing and the time of the first receipt', async () => {
    const { clock, posts, world, receive, start } = relay();
    await start();
    const receivedAt = clock.now();
    world.answer = always(503);
    await receive();
    await clock.pass(500);
    assert.equal(posts.length, 2);
    const [first, second] = posts;
    assert(first && second);
    assert.deepEqual([first.event.event_timestamp, second.event.event_timestamp], [receivedAt, receivedAt]);
    assert.deepEqual(
      [first.event.publish_timestamp, second.event.publish_timestamp],
      [receivedAt, receivedAt + 500],
    );
    assert.equal(first.event.id, second.event.id);
    assert(verifySignature(second.request.body, second.request.headers[SIGNATURE_HEADER] ?? '', ['one']));
  });

  for (const status of [200, 202, 204]) {
    it(`is done at ${status}`, async () => {
      const { world, relay, report, receive, start } = answering(status);
      await start();
      await receive();
      assert.deepEqual([report.counts, relay.unfinished, world.checkpoint], [{ Delivered: 1 }, 0, undefined]);
    });
  }

  for (const status of [413, 422]) {
    it(`is final at ${status}, logged and counted as malformed`, async () => {
      const { clock, deadLetters, posts, report, receive, start } = answering(status);
      await start();
      await receive();
      await clock.pass(300_000);
      assert.deepEqual([posts.length, deadLetters.length, report.counts], [1, 0, { Malformed: 1 }]);
      assert.deepEqual(
        report.of('refused').map((line) => line.status),
        [status],
      );
    });
  }

  for (const status of [301, 307, 400, 401, 403, 404, 408, 410, 429, 500, 502, 503, 504]) {
    it(`is tried again at ${status}`, async () => {
      const { clock, posts, report, world, receive, start } = answering(status);
      await start();
      await receive();
      world.answer = always(200);
      await clock.pass(500);
      assert.deepEqual([posts.length, report.counts], [2, { Retried: 1, Delivered: 1 }]);
    });
  }

  it('is tried again where no answer came', async () => {
    const { clock, report, world, receive, start } = relay();
    await start();
    world.answer = () => Promise.reject(new Error('refused'));
    await receive();
    world.answer = always(200);
    await clock.pass(500);
    assert.deepEqual(report.counts, { Retried: 1, Delivered: 1 });
  });

  it('waits from 0.5 s up to 15 s between its tries, for two minutes, and is dead-lettered then', async () => {
    const { clock, deadLetters, posts, report, world, receive, start } = answering(500);
    clock.chance = 1; // the longest waits
    await start();
    const from = clock.now();
    await receive();
    await clock.pass(119_000);
    const waits = posts.slice(1).map(({ at }, index) => at - (posts[index]?.at ?? 0));
    assert.deepEqual(waits, [1_500, 4_500, 13_500, ...Array(6).fill(15_000)]);
    assert.equal(deadLetters.length, 1);
    assert.equal(posts.at(-1)?.at, from + 109_500);
    await clock.pass(600_000);
    assert.equal(posts.length, 10);
    assert.deepEqual(report.counts, { Retried: 9, DeadLettered: 1 });
    assert.equal(report.of('not delivered yet').length, 1, 'one line, however many tries');
    assert.deepEqual(
      world.checkpoint,
      JSON.stringify({ page: PAGE, sequence: 2 }),
      'the checkpoint moves on',
    );
  });

  it('is dead-lettered as the event that the redrive handler reads', async () => {
    const { clock, deadLetters, posts, receive, start } = answering(500);
    await start();
    await receive('taylor', 'hello');
    await clock.pass(150_000);
    const read = parseEvent(JSON.stringify(deadLetters[0]));
    assert.equal(read.id, posts[0]?.event.id);
    assert.deepEqual([read.token_id, read.text, read.topic_sequence_page], ['taylor', 'hello', PAGE]);
  });

  it('is tried on until either the webhook or the dead-letter queue takes it', async () => {
    const { clock, deadLetters, report, world, receive, start } = answering(500);
    world.queueIsUp = false;
    await start();
    await receive();
    await clock.pass(600_000);
    assert.deepEqual(
      [deadLetters.length, report.counts.DeadLettered, report.counts.Delivered],
      [0, undefined, undefined],
    );
    assert.equal(
      world.checkpoint,
      JSON.stringify({ page: PAGE, sequence: 1 }),
      'the checkpoint waits for it',
    );
    world.answer = always(200);
    await clock.pass(15_000);
    assert.equal(report.counts.Delivered, 1);
  });

  it('is not tried before Retry-After, and given up where that is too late', async () => {
    const { clock, deadLetters, posts, world, receive, start } = relay();
    await start();
    world.answer = always(429, '30');
    await receive();
    await clock.pass(29_999);
    assert.equal(posts.length, 1);
    await clock.pass(1);
    assert.equal(posts.length, 2);
    world.answer = always(503, '600');
    await clock.pass(30_000);
    assert.deepEqual([posts.length, deadLetters.length], [3, 1]);
  });

  it('asks for a newer signing secret after a 403 only', async () => {
    const { clock, world, receive, start } = answering(403);
    await start();
    await receive();
    await clock.pass(500);
    world.answer = always(500);
    await clock.pass(1_500);
    world.answer = always(200);
    await clock.pass(15_000);
    const [first, afterDenial] = world.secretAges;
    assert.deepEqual([first, afterDenial, world.secretAges.at(-1)], [300_000, 30_000, 300_000]);
  });

  it('is signed with a rotated secret half a minute after the webhook refused the old one, at the latest', async () => {
    const { clock, world, posts, report } = relay();
    const secret = new CachedSecret(async () => world.secret, Number.POSITIVE_INFINITY, clock.now);
    const { start, receive } = relay({
      clock,
      report,
      signingSecret: (maxAgeMs) => secret.get(maxAgeMs),
      post: async ({ body, headers }) => {
        posts.push({ at: clock.now(), request: { body, headers }, event: parseEvent(body.toString()) });
        return { status: verifySignature(body, headers[SIGNATURE_HEADER] ?? '', [world.secret]) ? 200 : 403 };
      },
    });
    await start();
    await receive();
    world.secret = 'two';
    const rotatedAt = clock.now();
    await receive();
    await clock.pass(60_000);
    assert.equal(report.counts.Delivered, 2);
    const lastAt = posts.at(-1)?.at ?? 0;
    assert(lastAt - rotatedAt <= 45_000, 'the secret is 30 s old, and the next try is at most 15 s away');
  });

  it('without a text is none: it is counted as malformed', async () => {
    const { open, posts, report, world, clock, start } = relay();
    await start();
    open().message({ page: PAGE, sequence: 1, tokenId: 'taylor', text: undefined });
    await clock.pass(2_000);
    assert.deepEqual([posts.length, report.counts], [0, { Malformed: 1 }]);
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 2 }));
  });

  it('logs no message, user id or key', async () => {
    const { clock, report, world, receive, start } = answering(500);
    await start();
    await receive('secret-user', 'secret-text');
    await clock.pass(150_000);
    world.answer = always(422);
    await receive('secret-user', 'secret-text');
    assert(!/secret-|"one"/.test(JSON.stringify(report.lines)));
    assert(report.lines.length > 3);
  });

  function answering(status: number) {
    const made = relay();
    made.world.answer = always(status);
    return made;
  }
});

describe('the order of the relay', () => {
  it('holds per publisher: one message that fails keeps back its own publisher alone', async () => {
    const { clock, world, receive, start, delivered } = relay();
    world.answer = async ({ token_id }) => ({ status: token_id === 'slow' ? 500 : 200 });
    await start();
    await receive('slow');
    await receive('slow');
    await receive('quick');
    await receive('quick');
    assert.deepEqual(delivered(), [1, 3, 4]);
    world.answer = always(200);
    await clock.pass(500);
    assert.deepEqual(delivered(), [1, 3, 4, 1, 2]);
  });

  it('has no more deliveries under way than it may', async () => {
    const { world, receive, start, delivered } = relay({ inFlight: 2 });
    const answers: ((answered: Answered) => void)[] = [];
    world.answer = () => new Promise((resolve) => answers.push(resolve));
    await start();
    for (const user of ['a', 'b', 'c']) await receive(user);
    assert.deepEqual(delivered(), [1, 2]);
    answers[1]?.({ status: 200 });
    await settled();
    assert.deepEqual(delivered(), [1, 2, 3]);
  });
});

describe('the subscription of the relay', () => {
  it('begins with new messages on the first start, and at the checkpoint afterwards', async () => {
    const first = relay();
    await first.start();
    assert.equal(first.streams[0]?.from, undefined);
    const second = relay();
    second.world.checkpoint = '{"page":3,"sequence":9}';
    await second.start();
    assert.deepEqual(second.streams[0]?.from, { page: 3, sequence: 9 });
  });

  it('waits for the checkpoint: it never begins where it does not know what it has delivered', async () => {
    const { relay: it, clock, streams, world } = relay();
    world.checkpointIsUp = false;
    const started = it.start();
    await clock.pass(60_000);
    assert.equal(streams.length, 0);
    world.checkpoint = '{"page":3,"sequence":9}';
    world.checkpointIsUp = true;
    await clock.pass(15_000);
    await started;
    assert.deepEqual(streams[0]?.from, { page: 3, sequence: 9 });
  });

  it('resumes behind the last message after a break, with its page', async () => {
    const { clock, streams, open, receive, start } = relay();
    await start();
    await receive();
    await receive();
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(
      streams.map(({ from }) => from),
      [undefined, { page: PAGE, sequence: 3 }],
    );
  });

  it('passes over nothing from its first subscription on, even where that breaks before the first message', async () => {
    const { clock, streams, open, start, world } = relay();
    await start();
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams[1]?.from, { page: 0, sequence: 1 });
    await clock.pass(2_000);
    assert.equal(world.checkpoint, '{"page":0,"sequence":1}');
  });

  it('is opened again with growing waits where it breaks at once, and with a short one where it had served', async () => {
    const { clock, streams, receive, start, open } = relay();
    clock.chance = 1;
    await start();
    const waits: number[] = [];
    for (let n = 0; n < 7; n++) {
      const [count, from] = [streams.length, clock.now()];
      open().ended('UNAVAILABLE');
      while (streams.length === count) await clock.pass(50);
      waits.push(clock.now() - from);
    }
    assert.deepEqual(waits, [300, 900, 2_700, 8_100, 15_000, 15_000, 15_000]);
    await receive();
    open().ended('UNAVAILABLE');
    await clock.pass(300);
    assert.equal(streams.length, 9);
  });

  it('is dead when nothing was heard for 60 s; a heartbeat is enough', async () => {
    const { clock, streams, open, start } = relay();
    await start();
    await clock.pass(59_000);
    open().heartbeat();
    await clock.pass(59_999);
    assert.equal(streams.length, 1);
    await clock.pass(101);
    assert.deepEqual([streams.length, streams[0]?.isClosed], [2, true]);
  });

  it('logs a discontinuity and counts what was missed, and goes on behind it', async () => {
    const { clock, report, streams, open, receive, start } = relay();
    await start();
    await receive();
    open().discontinuity({ page: PAGE, sequence: 12 });
    assert.equal(report.counts.Missed, 10);
    open().discontinuity({ page: PAGE + 5, sequence: 4 });
    assert.equal(report.counts.Missed, 13);
    assert.deepEqual(
      report.of('discontinuity').map(({ missed, page }) => [missed, page]),
      [
        [10, PAGE],
        [3, PAGE + 5],
      ],
    );
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams.at(-1)?.from, { page: PAGE + 5, sequence: 4 });
  });

  it('is closed when as much waits as may, and resumed behind it when half of it is delivered', async () => {
    const {
      clock,
      relay: it,
      streams,
      world,
      receive,
      start,
    } = relay({
      capacity: { messages: 4, characters: 1_000 },
    });
    world.answer = always(500);
    await start();
    for (const user of ['a', 'b', 'c', 'd']) await receive(user);
    assert.deepEqual([it.unfinished, streams[0]?.isClosed, streams.length], [4, true, 1]);
    world.answer = always(200);
    await clock.pass(500);
    assert.deepEqual([it.unfinished, streams.length], [0, 2]);
    assert.deepEqual(streams[1]?.from, { page: PAGE, sequence: 5 });
  });

  it('is closed when what waits is too long, however few messages it is', async () => {
    const { streams, world, receive, start } = relay({ capacity: { messages: 1_000, characters: 10 } });
    world.answer = always(500);
    await start();
    await receive('a', 'x'.repeat(5));
    assert.equal(streams[0]?.isClosed, false);
    await receive('b', 'x'.repeat(5));
    assert.equal(streams[0]?.isClosed, true);
  });
});

describe('the checkpoint of the relay', () => {
  it('is the lowest message that is not finished', async () => {
    const { clock, world, receive, start } = relay();
    world.answer = async ({ token_id }) => ({ status: token_id === 'slow' ? 500 : 200 });
    await start();
    await receive('quick');
    await receive('slow');
    await receive('quick');
    await clock.pass(1_000);
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 2 }));
    world.answer = always(200);
    await clock.pass(15_000);
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 4 }));
  });
});

describe('a relay that is told to stop', () => {
  it('takes nothing more, finishes what it holds, and writes the checkpoint', async () => {
    const { clock, relay: it, streams, world, receive, start, delivered } = relay();
    world.answer = always(500);
    await start();
    await receive();
    await receive();
    let isStopped = false;
    const stopped = it.stop(20_000).then(() => {
      isStopped = true;
    });
    await settled();
    assert.deepEqual([streams[0]?.isClosed, isStopped], [true, false]);
    world.answer = always(200);
    await clock.pass(500);
    await stopped;
    assert.deepEqual(delivered(), [1, 1, 2]);
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 3 }));
    assert.deepEqual(clock.waits, []);
  });

  it('leaves what it cannot finish in time to the next one', async () => {
    const { clock, relay: it, world, receive, start } = relay();
    world.answer = always(500);
    await start();
    await receive();
    const stopped = it.stop(20_000);
    await clock.pass(20_000);
    await stopped;
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 1 }));
    assert.deepEqual(clock.waits, [], 'nothing goes on');
  });

  it('ends at once where it has not even begun', async () => {
    const { relay: it, streams, world, clock } = relay();
    world.checkpointIsUp = false;
    const started = it.start();
    await settled();
    await it.stop(20_000);
    await clock.pass(20_000);
    await started;
    assert.deepEqual([streams.length, world.checkpoint], [0, undefined]);
  });
});

describe('the health of the relay', () => {
  it('begins with the first sign of life of its subscription', async () => {
    const { relay: it, open } = relay();
    assert.equal(it.isHealthy, false);
    await it.start();
    assert.equal(it.isHealthy, false);
    open().heartbeat();
    assert.equal(it.isHealthy, true);
  });

  it('survives an outage of Momento and of the webhook', async () => {
    const {
      clock,
      relay: it,
      world,
      open,
      receive,
      start,
    } = relay({
      capacity: { messages: 2, characters: 1_000 },
    });
    await start();
    await clock.pass(3_600_000); // silent: it opens one stream after the other
    assert.equal(it.isHealthy, true);
    world.answer = always(500);
    world.queueIsUp = false;
    open().heartbeat();
    await receive('a');
    await receive('b'); // full: no stream at all, but tries
    await clock.pass(3_600_000);
    assert.equal(it.isHealthy, true);
  });

  it('tells how long the oldest unfinished message has waited', async () => {
    const { clock, relay: it, world, receive, start } = relay();
    await start();
    assert.equal(it.lagMs, 0);
    world.answer = always(500);
    await receive();
    await clock.pass(7_000);
    assert.equal(it.lagMs, 7_000);
  });
});
