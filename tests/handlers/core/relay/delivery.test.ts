// What follows from each answer of the webhook.
import assert from 'node:assert/strict';
import { CachedSecret } from '../../../../handlers/core/cached-secret';
import { SIGNATURE_HEADER, verifySignature } from '../../../../handlers/core/signature';
import { always, PAGE, parseEvent, relay } from './scripted-relay';

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
    it(`goes into the dead-letter queue at ${status}, and is logged and counted as malformed`, async () => {
      const { clock, deadLetters, posts, report, receive, start } = answering(status);
      await start();
      await receive();
      await clock.pass(300_000);
      assert.deepEqual([posts.length, deadLetters.length, report.counts], [1, 1, { Malformed: 1 }]);
      assert.deepEqual(
        report.of('refused').map((line) => line.status),
        [status],
      );
    });
  }

  it('that is permanently refused is as the redrive handler reads it, and moves the checkpoint on', async () => {
    const { clock, deadLetters, posts, world, receive, start } = answering(422);
    await start();
    await receive('taylor', 'hello');
    await clock.pass(1_000);
    assert.deepEqual(
      deadLetters.map((event) => parseEvent(JSON.stringify(event)).id),
      posts.map(({ event }) => event.id),
    );
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 2 }));
  });

  it('that is permanently refused is kept until the dead-letter queue takes it', async () => {
    const { clock, deadLetters, report, world, receive, start } = answering(422);
    world.queueIsUp = false;
    await start();
    await receive();
    await clock.pass(600_000);
    assert.deepEqual([deadLetters.length, report.counts.Malformed], [0, undefined]);
    assert.equal(world.checkpoint, JSON.stringify({ page: PAGE, sequence: 1 }));
    world.queueIsUp = true;
    await clock.pass(15_000);
    assert.deepEqual([deadLetters.length, report.counts.Malformed], [1, 1]);
  });

  it('carries a page beyond what a number holds as its digits, and resumes on it', async () => {
    const { clock, posts, open, start, streams, world } = relay();
    await start();
    open().message({ page: '9007199254740993', sequence: 1, tokenId: 'taylor', text: 'hello' });
    await clock.pass(1_000);
    assert.equal(posts[0]?.event.topic_sequence_page, '9007199254740993');
    open().ended('UNAVAILABLE');
    await clock.pass(100);
    assert.deepEqual(streams[1]?.from, { page: '9007199254740993', sequence: 2 });
    const next = relay();
    next.world.checkpoint = world.checkpoint;
    await next.start();
    assert.deepEqual(next.streams[0]?.from, { page: '9007199254740993', sequence: 2 });
  });

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

  it('is tried again if no answer came', async () => {
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

  it('is tried until either the webhook or the dead-letter queue takes it', async () => {
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

  it('is not tried before Retry-After, and given up if that is too late', async () => {
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

  it('is not tried for a message without text, which is counted as malformed', async () => {
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
