import assert from 'node:assert/strict';
import type { FaultPlan, TopicMessage } from 'local-momento';
import { type Stack, startStack } from '../../local/stack';
import { drain } from '../drain';
import { Sender } from '../sender';

const config = { application: 'examples/moderated-chat' };
const CACHE = 'course-comments-dev';
const SECRET = 'the-signing-secret';

describe('the moderated chat', () => {
  let stack: Stack;
  let sender: Sender;
  let sequence = 0;
  const room: TopicMessage[] = [];

  before(async () => {
    stack = await startStack({ config, secrets: { signingSecret: SECRET }, momento: { caches: [CACHE] } });
    stack.momento.on('published', (message) => room.push(message));
    sender = new Sender(String(stack.outputs.webhookUrl), 10);
  });
  beforeEach(() => {
    stack.setFaults(undefined);
    room.length = 0;
  });
  after(async () => {
    sender?.close();
    await stack?.close();
  });

  const event = (comment: string, token_id = 'taylor') => ({
    cache: CACHE,
    topic: 'comment',
    event_timestamp: Date.now(),
    topic_sequence_number: ++sequence,
    token_id,
    text: JSON.stringify({ comment, courseId: 123 }),
  });
  const texts = () => room.map(({ text }) => JSON.parse(String(text)));
  const ofTheRoom =
    (kind: 'refuse' | 'apply-then-time-out'): FaultPlan =>
    (operation) =>
      operation === 'Publish' ? { kind } : undefined;

  it('publishes what passes to the second topic, under its sender’s id and with its event’s', async () => {
    assert.equal((await sender.event(event('hello', 'robin'), SECRET)).status, 200);
    const [message, ...others] = room;
    assert.deepEqual(
      [message?.cache, message?.topic, message?.tokenId],
      [CACHE, 'comment-moderated', 'robin'],
    );
    assert.deepEqual(others, []);
    const [{ eventId, ...rest }] = texts();
    assert.match(eventId, /^[\w-]{22}$/);
    assert.deepEqual(rest, { comment: 'hello', courseId: 123 });
  });

  it('takes what the publisher publishes, request id and all, from the first topic to the second', async () => {
    const own = await startStack({ config });
    try {
      const moderated = new Promise<TopicMessage>((resolve) => {
        own.momento.on('published', (message) => message.topic === 'comment-moderated' && resolve(message));
      });
      const payload = { userId: 'sam', courseId: 7, comment: 'all the way' };
      const answer = Object(await own.invoke(String(own.outputs.publisherFunctionName), payload));
      const { tokenId, text } = await moderated;
      const { eventId: _, ...message } = JSON.parse(String(text));
      const requestId = answer.headers['x-request-id'];
      assert.deepEqual([tokenId, message], ['sam', { comment: 'all the way', courseId: 7, requestId }]);
    } finally {
      await own.close();
    }
  });

  it('holds back what has an unwanted word, however it is written, and only whole words', async () => {
    for (const comment of ['SPAM', 'buy: spam!', 'ｓｐａｍ']) {
      assert.equal((await sender.event(event(comment), SECRET)).status, 200);
    }
    assert.deepEqual(room, []);
    await sender.event(event('spammers beware'), SECRET);
    assert.equal(room.length, 1);
  });

  it('publishes an event that comes again once', async () => {
    const again = event('only once');
    for (let i = 0; i < 3; i++) assert.equal((await sender.event(again, SECRET)).status, 200);
    assert.equal(room.length, 1);
  });

  it('keeps what could not be published in the queue, and publishes it from there', async () => {
    stack.setFaults(ofTheRoom('refuse'));
    assert.equal((await sender.event(event('later'), SECRET)).status, 202);
    assert.deepEqual(room, []);
    stack.setFaults(undefined);
    await drain(stack);
    // The queue may hand it out twice, and then it is published twice: under one id.
    const all = texts();
    assert.deepEqual(new Set(all.map(({ comment }) => comment)), new Set(['later']));
    assert.equal(new Set(all.map(({ eventId }) => eventId)).size, 1);
  });

  it('gives what may have been published the same id again, so that a reader shows it once', async () => {
    stack.setFaults(ofTheRoom('apply-then-time-out'));
    assert.equal((await sender.event(event('twice'), SECRET)).status, 202);
    stack.setFaults(undefined);
    await drain(stack);
    const all = texts();
    assert.ok(all.length >= 2);
    assert.deepEqual(new Set(all.map(({ comment }) => comment)), new Set(['twice']));
    assert.equal(new Set(all.map(({ eventId }) => eventId)).size, 1);
  });

  it('answers 422 to what would be too long with the id', async () => {
    const frame = JSON.stringify({ comment: '', courseId: 123 }).length;
    const idInFrame = ',"eventId":""'.length + 22;
    const most = 4096 - frame - idInFrame;
    assert.equal((await sender.event(event('x'.repeat(most)), SECRET)).status, 200);
    assert.equal((await sender.event(event('x'.repeat(most + 1)), SECRET)).status, 422);
  });

  it('refuses what is not signed, as the project does', async () => {
    assert.equal((await sender.event(event('forged'), 'another secret')).status, 403);
    assert.deepEqual(room, []);
  });
});
