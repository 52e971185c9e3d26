// The webhook's contract, row by row: its real bundle behind its URL, the real SDK, a local Momento.
import assert from 'node:assert/strict';
import { makeLegacyKey, makeV2Key } from 'local-momento';
import { sign } from '../../handlers/core/signature';
import { type Stack, startStack } from '../../local/stack';
import { drain } from '../drain';
import { readBack } from '../read-back';
import { type Answer, Sender } from '../sender';

const SECRET = 'the-signing-secret';
const CACHE = 'course-comments-dev';

describe('the webhook', () => {
  let stack: Stack;
  let sender: Sender;
  let apiKey: string;
  let course = 0;
  let sequence = 0;

  before(async () => {
    apiKey = makeLegacyKey();
    stack = await startStack({
      secrets: { momentoApiKey: apiKey, signingSecret: SECRET },
      momento: { caches: [CACHE] },
    });
    sender = new Sender(String(stack.outputs.webhookUrl), 20);
    await sender.warm(1);
  });

  beforeEach(() => {
    course++; // every test has a course of its own
    stack.setFaults(undefined);
    stack.sqs.find(String(stack.outputs.redriveQueueUrl)).drain();
  });

  after(async () => {
    sender.close();
    await stack.close();
  });

  const event = (changes: object = {}) => ({
    cache: CACHE,
    topic: 'comment',
    event_timestamp: Date.now(),
    publish_timestamp: Date.now(),
    topic_sequence_number: ++sequence,
    token_id: 'taylor',
    text: JSON.stringify({ comment: 'hello', courseId: course }),
    ...changes,
  });
  const send = (changes?: object) => sender.signed(JSON.stringify(event(changes)), SECRET);
  const stored = () => readBack({ ...stack, apiKey }, course); // a test may have rotated the key
  const message = ({ body }: Answer): unknown => JSON.parse(body).message;

  it('stores a verified event under the identity of its token, and answers 200 {}', async () => {
    const at = Date.now();
    const answer = await send({ event_timestamp: at, token_id: ' taylor ' });
    assert.deepEqual([answer.status, answer.body], [200, '{}']);
    const [comment, ...others] = await stored();
    assert.deepEqual([comment?.userID, comment?.comment, comment?.at.getTime()], [' taylor ', 'hello', at]);
    assert.deepEqual(others, []);
  });

  it('ignores an identity inside the message', async () => {
    const text = JSON.stringify({
      comment: 'c',
      courseId: course,
      userID: 'robin',
      userId: 'robin',
      token_id: 'robin',
    });
    assert.equal((await send({ text })).status, 200);
    assert.deepEqual(
      (await stored()).map(({ userID }) => userID),
      ['taylor'],
    );
  });

  it('keeps the newest comment first', async () => {
    const now = Date.now();
    for (const [comment, at] of [
      ['second', now],
      ['first', now - 5_000],
      ['third', now + 5_000],
    ] as const)
      await send({ event_timestamp: at, text: JSON.stringify({ comment, courseId: course }) });
    assert.deepEqual(
      (await stored()).map(({ comment }) => comment),
      ['third', 'second', 'first'],
    );
  });

  it('stores an event once, repeated or given to ten instances at the same moment', async () => {
    await sender.warm(10);
    const body = JSON.stringify(event());
    const answers = await Promise.all(Array.from({ length: 10 }, () => sender.signed(body, SECRET)));
    answers.push(await sender.signed(body, SECRET));
    // On a small machine ten instances at once may be too slow for one of them: 202 then, or 503.
    assert.deepEqual(
      answers.filter(({ status }) => ![200, 202, 503].includes(status)),
      [],
    );
    assert.ok(answers.some(({ status }) => status === 200));
    await drain(stack);
    assert.equal((await stored()).length, 1);
  });

  it('reads a body that arrives as base64', async () => {
    const answer = await sender.signed(JSON.stringify(event()), SECRET, 'application/octet-stream');
    assert.equal(answer.status, 200);
    assert.equal((await stored()).length, 1);
  });

  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    it(`answers 405 to ${method}, and says what is allowed`, async () => {
      const answer = await sender.post(Buffer.from(''), {}, method);
      assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST']);
    });
  }

  it('answers 413 to more than 64 KiB, in text or decoded from base64, before it looks at the signature', async () => {
    for (const type of ['application/json', 'application/octet-stream']) {
      const post = async (size: number) =>
        (await sender.post(Buffer.alloc(size, 'x'), { 'content-type': type })).status;
      assert.equal(await post(64 * 1024 + 1), 413);
      assert.equal(await post(64 * 1024), 403);
    }
  });

  it('answers 403 without a signature, with a malformed one, and with a wrong one', async () => {
    const body = Buffer.from(JSON.stringify(event()));
    const answers = [
      await sender.post(body, { 'content-type': 'application/json' }),
      await sender.post(body, { 'content-type': 'application/json', 'momento-signature': 'x'.repeat(64) }),
      await sender.post(body, { 'content-type': 'application/json', 'momento-signature': '0'.repeat(63) }),
      await sender.post(body, { 'content-type': 'application/json', 'momento-signature': '0'.repeat(64) }),
      await sender.signed(body, 'another secret'),
    ];
    for (const answer of answers) assert.deepEqual([answer.status, message(answer)], [403, 'Access Denied!']);
    assert.deepEqual(await stored(), []);
  });

  it('answers 422 to a signed body that is not an event, naming the field and never the input', async () => {
    const text = (value: object) => ({ text: JSON.stringify(value) });
    const rows: [string | object, RegExp][] = [
      ['{"evil', /^body must be JSON$/],
      ['"evil"', /^body must be an object$/],
      [event({ cache: 'evil' }), /^cache must be/],
      [event({ topic: 'evil' }), /^topic must be/],
      [event({ token_id: '' }), /^token_id must not be empty/],
      [event({ topic_sequence_number: 'evil' }), /^topic_sequence_number must be/],
      [event({ text: 'evil' }), /^text must be JSON$/],
      [event(text({ courseId: 1 })), /^text\.comment is missing$/],
      [event(text({ comment: 'evil' })), /^text\.courseId is missing$/],
      [event(text({ comment: '', courseId: 1 })), /^text\.comment must be/],
      [event(text({ comment: 'evil', courseId: 'evil\u0001' })), /^text\.courseId must be/],
      [event(text({ comment: 'evil', courseId: ' ' })), /^text\.courseId must be .* not blank/],
    ];
    for (const [body, expected] of rows) {
      const answer = await sender.signed(typeof body === 'string' ? body : JSON.stringify(body), SECRET);
      assert.equal(answer.status, 422);
      assert.match(String(message(answer)), expected);
      assert.doesNotMatch(answer.body, /evil/);
    }
    assert.deepEqual(await stored(), []);
  });

  it('answers 403 to an event that was published more than 60 seconds ago, or from now', async () => {
    for (const distance of [-61_000, 61_000]) {
      const answer = await send({ publish_timestamp: Date.now() + distance });
      assert.deepEqual([answer.status, message(answer)], [403, 'Stale event']);
    }
    assert.deepEqual(await stored(), []);
  });

  it('answers 202 if Momento does not store it, and stores it from the queue', async () => {
    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    const answer = await send();
    assert.deepEqual([answer.status, answer.body], [202, '{}']);
    assert.deepEqual(await stored(), []);
    stack.setFaults(undefined);
    await drain(stack);
    assert.deepEqual(
      (await stored()).map(({ userID }) => userID),
      ['taylor'],
    );
  });

  it('stores queued events that were accepted under a former topic and cache', async () => {
    const earlier = event({ topic: 'an earlier topic', cache: 'an earlier cache' });
    stack.sqs.find(String(stack.outputs.redriveQueueUrl)).send(JSON.stringify(earlier));
    await drain(stack);
    assert.deepEqual(
      (await stored()).map(({ userID }) => userID),
      ['taylor'],
    );
  });

  it('answers 503 with Retry-After if neither Momento nor the queue takes it', async () => {
    stack.setFaults((operation) =>
      ['SortedSetPut', 'SendMessage'].includes(operation) ? { kind: 'refuse' } : undefined,
    );
    const answer = await send();
    assert.deepEqual([answer.status, message(answer)], [503, 'Temporarily unavailable']);
    assert.match(String(answer.headers['retry-after']), /^\d+$/);
  });

  it('queues what SQS would refuse unescaped, and stores it as it was', async () => {
    const comment = 'a\ufffe\uffffb';
    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    assert.equal((await send({ text: JSON.stringify({ comment, courseId: course }) })).status, 202);
    stack.setFaults(undefined);
    await drain(stack);
    assert.equal((await stored())[0]?.comment, comment);
  });

  for (const kind of ['apply-then-time-out', 'apply-then-stall'] as const) {
    it(`asks the queue once more after ${kind}`, async () => {
      let asked = 0;
      stack.setFaults((operation) => {
        if (operation === 'SortedSetPut') return { kind: 'refuse' };
        return operation === 'SendMessage' && asked++ === 0 ? { kind } : undefined;
      });
      assert.equal((await send()).status, 202);
      assert.equal(asked, 2);
      stack.setFaults(undefined);
      await drain(stack);
      assert.equal((await stored()).length, 1); // both were queued
    });
  }

  it('gives an event the full time after a slow start', async () => {
    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'delay', ms: 500 } : undefined));
    const body = JSON.stringify(event());
    const answer: unknown = await stack.invoke(String(stack.outputs.webhookFunctionName), {
      requestContext: { http: { method: 'POST' }, timeEpoch: Date.now() - 2_400 },
      headers: { 'momento-signature': sign(Buffer.from(body), SECRET) },
      body,
    });
    assert.equal(Object(answer).statusCode, 200);
  });

  it('answers before Momento gives up waiting, though neither the cache nor the queue answers', async () => {
    stack.setFaults((operation) =>
      ['SortedSetPut', 'SendMessage'].includes(operation) ? { kind: 'apply-then-time-out' } : undefined,
    );
    const start = performance.now();
    const answer = await send();
    assert.equal(answer.status, 503);
    assert.ok(performance.now() - start < 5_000, 'Momento waits for 5 seconds');
    stack.setFaults(undefined);
    await drain(stack);
    assert.equal((await stored()).length, 1); // the put was applied, and so was the queue's: once all the same
  });

  it('stores with a corrected API key, and never logs one that gRPC could not carry', async () => {
    const { API_KEY_SECRET_ARN } = stack.functionNamed('webhookFunctionName').environment;
    const lines: string[] = [];
    const listener = ({ line }: { line: string }) => lines.push(line);
    stack.events.on('log', listener);
    const unusable = `${makeV2Key()}\n`;
    const old = apiKey;
    apiKey = makeLegacyKey();
    stack.momento.setApiKeys([apiKey]);
    stack.secrets.putSecretValue(String(API_KEY_SECRET_ARN), unusable);
    assert.equal((await send()).status, 202);
    stack.secrets.putSecretValue(String(API_KEY_SECRET_ARN), apiKey);
    assert.equal((await send()).status, 200);
    await drain(stack);
    stack.events.off('log', listener);
    assert.equal((await stored()).length, 2);
    assert(lines.some((line) => line.includes('UnusableApiKey')));
    for (const key of [unusable.trim(), old, apiKey]) assert(!lines.join('\n').includes(key.slice(0, 40)));
  });

  it('takes up another API key at the first event for which Momento refuses the old one', async () => {
    const { API_KEY_SECRET_ARN } = stack.functionNamed('webhookFunctionName').environment;
    assert.equal((await send()).status, 200);
    apiKey = makeLegacyKey();
    stack.momento.setApiKeys([apiKey]);
    stack.secrets.putSecretValue(String(API_KEY_SECRET_ARN), apiKey);
    assert.equal((await send()).status, 200);
    assert.equal((await stored()).length, 2);
  });

  it('stores a whole batch from the queue with another API key, however late Momento refuses the old one', async () => {
    const { API_KEY_SECRET_ARN } = stack.functionNamed('webhookFunctionName').environment;
    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    for (let i = 0; i < 3; i++) assert.equal((await send()).status, 202);
    await stack.queuesIdle();
    apiKey = makeLegacyKey();
    stack.momento.setApiKeys([apiKey]);
    stack.secrets.putSecretValue(String(API_KEY_SECRET_ARN), apiKey);

    const lines: { message: { outcome: string }; requestId: string }[] = [];
    const listener = ({ line }: { line: string }) => {
      if (line.includes('redriven')) lines.push(JSON.parse(line));
    };
    stack.events.on('log', listener);
    let puts = 0;
    stack.setFaults((operation) =>
      operation === 'SortedSetPut' && puts++ === 0 ? { kind: 'delay', ms: 800 } : undefined,
    );
    await drain(stack);
    stack.events.off('log', listener);
    assert.deepEqual(
      lines.map(({ message: { outcome } }) => outcome),
      ['redriven', 'redriven', 'redriven'],
    );
    assert.equal(new Set(lines.map(({ requestId }) => requestId)).size, 1, 'one batch');
    assert.equal((await stored()).length, 3);
  });

  it('writes no comment, user id, course or signature to its log', async () => {
    const lines: string[] = [];
    const listener = ({ line }: { line: string }) => lines.push(line);
    stack.events.on('log', listener);
    const text = JSON.stringify({ comment: 'secret-comment', courseId: 'secret-course' });
    await send({ text, token_id: 'secret-user' });
    await sender.signed(JSON.stringify(event({ text: 'secret-comment' })), SECRET);
    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    await send({ text, token_id: 'secret-user' });
    stack.setFaults(undefined);
    await drain(stack);
    stack.events.off('log', listener);
    assert.ok(
      lines.some((line) => line.includes('"stored"')) && lines.some((line) => line.includes('"redriven"')),
    );
    assert.doesNotMatch(lines.join('\n'), /secret-|[0-9a-f]{64}/);
  });
});
