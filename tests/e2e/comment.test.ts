import assert from 'node:assert/strict';
import { GetWebhookSecretResponse, TopicClient, TopicConfigurations } from '@gomomento/sdk';
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { SIGNATURE_HEADER, sign } from '../../handlers/core/signature';
import { signedPost } from '../../local/commands/signed-fetch';
import { type Stack, startStack } from '../../local/stack';
import { readBack } from '../read-back';
import { answeredAtLast, Sender } from '../sender';

describe('the whole system', () => {
  let stack: Stack;
  let sender: Sender;
  let secret: string;
  let sequence = 1000;

  before(async () => {
    stack = await startStack({ momento: { deliveriesPerSecond: Number.POSITIVE_INFINITY } });
    sender = new Sender(String(stack.outputs.webhookUrl), 10);
    secret = await signingSecretOf(stack);
    await sender.warm(1);
  });
  after(async () => {
    sender?.close();
    await stack?.close();
  });

  async function commentsOn(courseId: string | number) {
    return (await readBack(stack, courseId)).map(({ userID, comment }) => `${userID}: ${comment}`);
  }

  function publish(body: object) {
    const { credentials, region, outputs } = stack;
    return signedPost(String(outputs.publisherUrl), { credentials, region, body: JSON.stringify(body) });
  }

  /** Publishes, and waits until Momento has called the webhook. Returns both answers. */
  async function publishAndDeliver(body: object) {
    const delivered = new Promise<number | undefined>((resolve) => {
      const settle = ({ status }: { status?: number }) => {
        stack.momento.off('delivered', settle);
        resolve(status);
      };
      stack.momento.on('delivered', settle);
    });
    return [(await publish(body)).status, await delivered];
  }

  function event(courseId: string, changes: Record<string, unknown> = {}) {
    const now = Date.now();
    return JSON.stringify({
      cache: stack.cacheName,
      topic: stack.topicName,
      event_timestamp: now,
      publish_timestamp: now,
      topic_sequence_number: sequence++,
      token_id: 'taylor',
      text: JSON.stringify({ comment: 'once', courseId }),
      ...changes,
    });
  }

  it("stores each user's comment under the id of that user, newest first", async () => {
    const taylor = { userId: 'taylor', courseId: 123, comment: 'First!' };
    const kim = { userId: 'kim', courseId: 123, comment: 'And I am "taylor", says the comment' };
    assert.deepEqual(await publishAndDeliver(taylor), [200, 200]);
    assert.deepEqual(await publishAndDeliver(kim), [200, 200]);
    assert.deepEqual(await commentsOn(123), ['kim: And I am "taylor", says the comment', 'taylor: First!']);
  });

  it('does not publish an unsigned request', async () => {
    const calls: unknown[] = [];
    const onCall = (call: unknown) => calls.push(call);
    stack.momento.on('published', onCall);
    const response = await fetch(String(stack.outputs.publisherUrl), {
      method: 'POST',
      body: JSON.stringify({ userId: 'taylor', courseId: 'unsigned', comment: 'no' }),
    });
    stack.momento.off('published', onCall);
    assert.equal(response.status, 403);
    assert.deepEqual(calls, []);
  });

  it('stores nothing that is unsigned, forged, tampered with, stale or meant for another cache', async () => {
    const course = 'attacked';
    const body = event(course);
    const tampered = Buffer.from(body.replace('once', 'twice'));
    const type = { 'content-type': 'application/json' };
    const old = { publish_timestamp: Date.now() - 61_000 };
    const early = { publish_timestamp: Date.now() + 61_000 };
    const statuses = {
      unsigned: (await sender.post(Buffer.from(body), type)).status,
      'not a signature': (await sender.post(Buffer.from(body), { ...type, [SIGNATURE_HEADER]: 'x' })).status,
      forged: (await sender.signed(body, 'another secret')).status,
      tampered: (
        await sender.post(tampered, { ...type, [SIGNATURE_HEADER]: sign(Buffer.from(body), secret) })
      ).status,
      stale: (await sender.signed(event(course, old), secret)).status,
      early: (await sender.signed(event(course, early), secret)).status,
      'another cache': (await sender.signed(event(course, { cache: 'another' }), secret)).status,
      anonymous: (await sender.signed(event(course, { token_id: '' }), secret)).status,
    };
    assert.deepEqual(statuses, {
      unsigned: 403,
      'not a signature': 403,
      forged: 403,
      tampered: 403,
      stale: 403,
      early: 403,
      'another cache': 422,
      anonymous: 422,
    });
    assert.deepEqual(await commentsOn(course), []);
    assert.equal(
      (await sender.signed(event(course), secret)).status,
      200,
      'the same event, as Momento sends it',
    );
    assert.deepEqual(await commentsOn(course), ['taylor: once']);
  });

  it('stores a replayed event only once', async () => {
    const body = event('replayed');
    for (let i = 0; i < 3; i++) assert.equal((await sender.signed(body, secret)).status, 200);
    assert.deepEqual(await commentsOn('replayed'), ['taylor: once']);
  });

  it('stores an event only once if ten instances get it at the same time', async () => {
    // On a small machine ten that start at once take longer than an event may wait.
    const ten = () => Promise.all(Array.from({ length: 10 }, () => sender.signed(event('warm'), secret)));
    await answeredAtLast(200, ten);
    const body = event('ten at once');
    const answers = await Promise.all(Array.from({ length: 10 }, () => sender.signed(body, secret)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(10).fill(200),
    );
    assert.deepEqual(await commentsOn('ten at once'), ['taylor: once']);
  });

  it('serves a direct invocation of the publisher like a call of its URL', async () => {
    const answer = await stack.invoke(String(stack.outputs.publisherFunctionName), { userId: '' });
    assert.ok(answer !== null && typeof answer === 'object');
    assert.equal(Reflect.get(answer, 'statusCode'), 422);
  });
});

/** As a user finds it in Momento. */
async function signingSecretOf({ apiKey, momento, cacheName, topicName }: Stack): Promise<string> {
  const topics = new TopicClient({
    configuration: TopicConfigurations.Default.latest(),
    credentialProvider: apiKeyCredentials(apiKey, { local: `127.0.0.1:${momento.port}` }),
  });
  const answer = await topics.getWebhookSecret(cacheName, topicName);
  assert.equal(answer.type, GetWebhookSecretResponse.Success);
  return answer.type === GetWebhookSecretResponse.Success ? answer.secret() : '';
}
