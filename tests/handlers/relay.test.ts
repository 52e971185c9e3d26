// The relay's real bundle against a local Momento and real HTTP receivers: what only a network can show.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { makeLegacyKey } from 'local-momento';
import { eventParser } from '../../handlers/core/event';
import { verifySignature } from '../../handlers/core/signature';
import { Container } from '../../local/aws/ecs/container';
import { answer, CACHE, Rig, relayCode, SIGNING_SECRET, TOPIC } from './relay-rig';

describe('the relay', () => {
  let rig: Rig;

  beforeEach(async () => {
    rig = await Rig.start();
  });

  afterEach(() => rig.close());

  it("delivers what is published with the body, headers and user agent of Momento's own webhook", async () => {
    await rig.run();
    await rig.publish(['hello']);
    await rig.until(() => rig.calls.length === 1);
    const [call] = rig.calls;
    assert(call);
    assert.equal(call.method, 'POST');
    assert.equal(
      call.headers['user-agent'],
      'Momento/1.0 (Webhooks; +https://docs.momentohq.com/topics/webhooks)',
    );
    assert.equal(call.headers['content-type'], 'application/json');
    const signature = String(call.headers['momento-signature']);
    assert(verifySignature(Buffer.from(call.body), signature, [SIGNING_SECRET]));
    const { event_timestamp, publish_timestamp, topic_sequence_page, ...rest } = call.event;
    assert.deepEqual(rest, {
      cache: CACHE,
      topic: TOPIC,
      topic_sequence_number: 1,
      token_id: '',
      text: 'hello',
    });
    assert(typeof topic_sequence_page === 'number' && topic_sequence_page > 0);
    const [received, published] = [Number(event_timestamp), Number(publish_timestamp)];
    assert(received <= published && published <= call.at && call.at - received < 5_000);
  });

  it('keeps its connections and does not follow redirects', async () => {
    const ports = new Set<unknown>();
    rig.script = (call, response) => {
      ports.add(response.req.socket.remotePort);
      if (rig.calls.length === 1) return answer(307, { location: '/elsewhere' })(call, response);
      assert.equal(response.req.url, '/');
      answer(200)(call, response);
    };
    await rig.run();
    await rig.publish(['a']);
    await rig.until(() => rig.calls.length === 2);
    await rig.publish(['b', 'c']);
    await rig.until(() => rig.calls.length === 4);
    assert.deepEqual(rig.texts, ['a', 'a', 'b', 'c']);
    assert.equal(ports.size, 1);
  });

  it('tries again at once if a kept connection was closed as it was used', async () => {
    await rig.run();
    await rig.publish(['a']);
    await rig.until(() => rig.calls.length === 1);
    let cut = true;
    rig.script = (call, response) => {
      if (cut) response.req.socket.resetAndDestroy();
      else answer(200)(call, response);
      cut = false;
    };
    await rig.publish(['b']);
    await rig.until(() => rig.calls.length === 3);
    const [, second, third] = rig.calls;
    assert(second && third && third.at - second.at < 400, 'no back-off');
    assert.deepEqual(rig.logged('not delivered yet'), []);
  });

  it('gives a receiver that answers nothing five seconds, then tries again', async () => {
    rig.script = (call, response) => {
      if (rig.calls.length > 1) answer(200)(call, response);
    };
    await rig.run();
    await rig.publish(['a']);
    await rig.until(() => rig.calls.length === 2);
    const [first, second] = rig.calls;
    assert(first && second);
    const waited = second.at - first.at;
    assert(waited >= 5_400 && waited < 8_000, `${waited} ms`);
    assert.deepEqual(rig.logged('not delivered yet').map(reasonOf), ['timeout']);
  });

  it('honours Retry-After', async () => {
    rig.script = (call, response) =>
      answer(rig.calls.length > 1 ? 200 : 429, { 'retry-after': '2' })(call, response);
    await rig.run();
    await rig.publish(['a']);
    await rig.until(() => rig.calls.length === 2);
    const [first, second] = rig.calls;
    assert(first && second && second.at - first.at >= 2_000);
  });

  it('puts undeliverable events into the dead-letter queue, in the form that the redrive handler reads', async () => {
    rig.script = answer(503, { 'retry-after': '600' }); // two minutes of tries leave no time for another one
    await rig.run();
    await rig.publish(['{"comment":"c","courseId":1}']);
    await rig.until(() => rig.logged('dead-lettered').length === 1);
    const messages = rig.sqs.find('dead-letter').drain();
    assert.equal(messages.length, 1);
    const [message] = messages;
    assert(message);
    const fields = JSON.parse(message.body);
    assert.equal(fields.text, '{"comment":"c","courseId":1}');
    const event = eventParser({ cache: CACHE, topic: TOPIC })(
      JSON.stringify({ ...fields, token_id: 'taylor' }),
    );
    assert.equal(event.topic_sequence_page, rig.calls[0]?.event.topic_sequence_page);
  });

  it('loses nothing when its subscription breaks, from the first moment on', async () => {
    await rig.run();
    rig.momento.dropSubscriptions();
    await rig.publish(['a', 'b']);
    await rig.until(() => rig.calls.length === 2);
    rig.momento.dropSubscriptions();
    await rig.publish(['c']);
    await rig.until(() => rig.calls.length === 3);
    assert.deepEqual(rig.texts, ['a', 'b', 'c']);
  });

  it('continues after a restart of Momento, whose sequences begin again', async () => {
    await rig.run();
    await rig.publish(['a']);
    await rig.until(() => rig.calls.length === 1);
    rig.momento.restart();
    // The dropped connection may be the one used for publishing: then nothing was published.
    await rig.publish(['b']).catch(() => rig.publish(['b']));
    await rig.publish(['c']);
    await rig.until(() => rig.calls.length === 3);
    assert.deepEqual(rig.texts, ['a', 'b', 'c']);
    const [first, second] = rig.calls;
    assert.notEqual(first?.event.topic_sequence_page, second?.event.topic_sequence_page);
    assert.equal(rig.logged('discontinuity').length, 1);
  });

  it('takes up a rotated API key', async () => {
    await rig.run();
    const next = makeLegacyKey();
    rig.secrets.putSecretValue('api-key', next);
    rig.momento.setApiKeys([next]);
    rig.momento.dropSubscriptions();
    await rig.publish(['a'], next);
    await rig.until(() => rig.calls.length === 1);
  });

  it('ends with 0 on SIGTERM, after it has delivered what it holds', async () => {
    let free: (() => void) | undefined;
    rig.script = (call, response) => {
      free = () => answer(200)(call, response);
    };
    const container = await rig.run();
    await rig.publish(['a']);
    await rig.until(() => rig.calls.length === 1);
    const ended = container.stop();
    free?.();
    assert.equal(await ended, 0);
    assert.deepEqual(
      rig.logged('stopped').map((line) => Reflect.get(Object(line), 'unfinished')),
      [0],
    );
    await rig.publish(['b']);
    rig.script = answer(200);
    await rig.run();
    await rig.until(() => rig.calls.length === 2);
    assert.deepEqual(rig.texts, ['a', 'b']);
  });

  it('delivers all of 400 messages although it is killed in the middle of them', async () => {
    const users = Array.from({ length: 20 }, (_, n) => `user-${n}`);
    let container = await rig.run();
    const published = Promise.all(
      users.map(async (user) => {
        const texts = Array.from({ length: 20 }, (_, n) => `${user} ${n}`);
        await rig.publish(texts, await rig.tokenOf(user));
      }),
    );
    for (const killAt of [80, 200, 320]) {
      await rig.until(() => rig.calls.length >= killAt);
      await container.kill();
      container = await rig.run();
    }
    await published;
    await rig.until(() => new Set(rig.texts).size === 400);
    for (const user of users) {
      const own = rig.calls.filter(({ event }) => event.token_id === user).map(({ event }) => event.text);
      const once = [...new Set(own)];
      assert.deepEqual(
        once,
        once.map((_, n) => `${user} ${n}`),
        'each first time in order',
      );
    }
  });

  it('counts what it did as metrics, its lag among them', async () => {
    rig.script = (call, response) =>
      answer(call.event.text === 'bad' ? 422 : rig.calls.length === 1 ? 500 : 200)(call, response);
    const container = await rig.run();
    await rig.publish(['a', 'bad']);
    await rig.until(() => rig.calls.length === 3);
    await container.stop();
    const metrics = rig.lines.filter((line) => '_aws' in line).at(-1);
    assert(metrics);
    const { Delivered, Retried, DeadLettered, Malformed, Missed, Lag, CheckpointAge, service } = metrics;
    assert.deepEqual(
      { Delivered, Retried, DeadLettered, Malformed, Missed, service },
      { Delivered: 1, Retried: 1, DeadLettered: 0, Malformed: 1, Missed: 0, service: 'relay' },
    );
    const ages = [Lag, CheckpointAge].map(Number);
    assert(
      ages.every((age) => age >= 0 && age < 30_000),
      `of what is well, moments: ${ages}`,
    );
  });

  it('writes every metric that an alarm watches from its start on, and a lag though it never heard anything', async () => {
    rig.momento.setFaults((operation) => (operation === 'Subscribe' ? { kind: 'refuse' } : undefined));
    const container = rig.begin();
    await rig.until(() => rig.logged('subscription ended').length === 3);
    await container.stop();
    const metrics = rig.lines.filter((line) => '_aws' in line).at(-1);
    assert(metrics);
    const { Missed, Malformed, DeadLettered, Lag, CheckpointAge } = metrics;
    assert.deepEqual(
      { Missed, Malformed, DeadLettered, CheckpointAge },
      { Missed: 0, Malformed: 0, DeadLettered: 0, CheckpointAge: 0 },
    );
    assert(Number(Lag) >= 200, `two waits between three streams: ${Lag} ms`);
  });

  it('puts what the webhook permanently refuses into the dead-letter queue, and delivers what follows', async () => {
    rig.script = (call, response) => answer(call.event.text === 'bad' ? 422 : 200)(call, response);
    await rig.run();
    await rig.publish(['bad', 'good']);
    await rig.until(() => rig.texts.includes('good'));
    const [message, ...others] = rig.sqs.find('dead-letter').drain();
    assert(message && others.length === 0);
    assert.equal(JSON.parse(message.body).text, 'bad');
    assert.equal(rig.logged('refused').length, 1);
  });

  it('answers its health check on the loopback address, and only there', async () => {
    const port = await freePort();
    const check = async () => {
      const environment = { HEALTH_PORT: String(port) };
      return new Container({ code: relayCode(), args: ['--health'], environment, onLog: () => {} }).ended;
    };
    assert.equal(await check(), 1);
    await rig.run({ HEALTH_PORT: String(port) });
    await rig.publish(['a']);
    await rig.until(() => rig.calls.length === 1);
    assert.equal(await check(), 0);
  });
});

function reasonOf(line: unknown): unknown {
  return Reflect.get(Object(line), 'reason');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert(address && typeof address === 'object');
  return address.port;
}
