// What a stack in use shows: one id from the publisher's answer to the last log line, and the metrics.
import assert from 'node:assert/strict';
import { makeLegacyKey } from 'local-momento';
import * as v from 'valibot';
import { type Stack, startStack } from '../../local/stack';
import { drain, hurryUntil } from '../drain';
import { answeredAtLast, Sender } from '../sender';

const SECRET = 'the-signing-secret';
const CACHE = 'course-comments-dev';

const metricsLine = v.object({
  _aws: v.object({
    CloudWatchMetrics: v.array(
      v.object({
        Namespace: v.string(),
        Dimensions: v.array(v.array(v.string())),
        Metrics: v.array(v.object({ Name: v.string() })),
      }),
    ),
  }),
  service: v.string(),
  reason: v.optional(v.string()),
});
const logLine = v.object({ level: v.string(), message: v.looseObject({ outcome: v.string() }) });

describe('a stack in use', () => {
  let stack: Stack;
  let sender: Sender;
  const lines: { function: string; line: string }[] = [];
  let sequence = 0;

  before(async () => {
    stack = await startStack({
      secrets: { momentoApiKey: makeLegacyKey(), signingSecret: SECRET },
      momento: { caches: [CACHE] },
    });
    stack.events.on('log', (log) => lines.push(log));
    sender = new Sender(String(stack.outputs.webhookUrl), 5);
    await sender.warm(1);
  });
  beforeEach(() => {
    stack.setFaults(undefined);
    lines.length = 0;
  });
  after(async () => {
    sender.close();
    await stack.close();
  });

  const json = () =>
    lines.flatMap(({ line }): unknown[] => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
  const outcomes = () =>
    json().flatMap((line) => {
      const parsed = v.safeParse(logLine, line);
      return parsed.success ? [parsed.output.message] : [];
    });
  /** `service metric` or `service metric reason` of each metric that was written. */
  const metrics = () =>
    json().flatMap((line) => {
      const parsed = v.safeParse(metricsLine, line);
      if (!parsed.success) return [];
      const { service, reason, _aws } = parsed.output;
      return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => {
        assert.equal(Namespace, 'momento-webhooks/dev');
        assert.deepEqual(Dimensions, [reason === undefined ? ['service'] : ['service', 'reason']]);
        return Metrics.map(({ Name }) => [service, Name, reason].filter(Boolean).join(' '));
      });
    });
  const deliver = (text: object, changes: object = {}) =>
    sender.signed(
      JSON.stringify({
        cache: CACHE,
        topic: 'comment',
        event_timestamp: Date.now(),
        publish_timestamp: Date.now(),
        topic_sequence_number: ++sequence,
        token_id: 'taylor',
        text: JSON.stringify(text),
        ...changes,
      }),
      SECRET,
    );

  it('can be followed by the id of the publisher’s answer: in its log line, on the topic, and to the stored comment', async () => {
    const published: string[] = [];
    const listener = ({ text }: { text: string | undefined }) => published.push(String(text));
    stack.momento.on('published', listener);
    const payload = { userId: 'taylor', courseId: 1, comment: 'c' };
    const answer = Object(await stack.invoke(String(stack.outputs.publisherFunctionName), payload));
    stack.momento.off('published', listener);
    const requestId = answer.headers['x-request-id'];
    assert.equal(JSON.parse(published[0] ?? '').requestId, requestId);
    await deliver(JSON.parse(published[0] ?? ''));
    const told = outcomes().filter((line) => line.requestId === requestId);
    assert.deepEqual(
      told.map(({ outcome }) => outcome),
      ['published', 'stored'],
    );
  });

  it('can be followed by it through the queue, and through every try, to the end', async () => {
    const requestId = '0f8fad5b-d9cb-469f-a165-70867728950e';
    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    assert.equal((await deliver({ comment: 'c', courseId: 1, requestId })).status, 202);
    const queue = stack.sqs.find(String(stack.outputs.redriveQueueUrl));
    await hurryUntil(stack, () => outcomes().some(({ outcome }) => outcome === 'not redriven'));
    assert.equal(queue.messages.length, 1);
    stack.setFaults(undefined);
    await drain(stack);
    const told = outcomes().filter((line) => line.requestId === requestId);
    const names = [...new Set(told.map(({ outcome }) => outcome))];
    assert.deepEqual(names, ['not stored', 'queued', 'not redriven', 'redriven']);
    assert.equal(new Set(told.map(({ eventId }) => eventId)).size, 1, 'beside it stands one event id');
  });

  it('accepts only a UUID as an id, and needs none', async () => {
    for (const requestId of [
      'evil',
      '0f8fad5b',
      7,
      { evil: 1 },
      null,
      '0f8fad5b-d9cb-469f-a165-70867728950e\n',
    ]) {
      assert.equal((await deliver({ comment: 'c', courseId: 1, requestId })).status, 200);
    }
    assert.equal((await deliver({ comment: 'c', courseId: 1 })).status, 200);
    assert.equal(outcomes().length, 7);
    for (const line of outcomes()) assert.equal(line.requestId, undefined);
  });

  it('counts and times what happens, by function, in the stack’s own namespace, and nothing by user or course', async () => {
    const call = async (output: string, payload: object) =>
      stack.invoke(String(stack.outputs[output]), {
        userId: 'metrics-user',
        courseId: 'metrics-course',
        ...payload,
      });
    await call('publisherFunctionName', { comment: 'c' });
    await call('publisherFunctionName', { comment: 'c' });
    await call('publisherFunctionName', {});
    await call('tokensFunctionName', {});
    await call('tokensFunctionName', { userId: '' });
    stack.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    await deliver({ comment: 'c', courseId: 'metrics-course' });
    stack.setFaults(undefined);
    await drain(stack);
    await deliver({ comment: 'c', courseId: 'metrics-course' }, { token_id: '' });
    await deliver({ comment: 'c', courseId: 'metrics-course' }, { publish_timestamp: 0 });
    await sender.signed('{}', 'another secret');
    // Stored at last, however slow the machine is; it brings the denials along.
    await answeredAtLast(200, async () => [await deliver({ comment: 'c', courseId: 'metrics-course' })]);
    const seen = new Set(metrics());
    for (const expected of [
      'publisher Published',
      'publisher NotPublished',
      'publisher TokenCacheHit',
      'publisher TokenCacheMiss',
      'publisher TokenLatency',
      'publisher PublishLatency',
      'tokens Vended',
      'tokens NotVended',
      'tokens TokenLatency',
      'webhook Accepted',
      'webhook Stored',
      'webhook Queued',
      'webhook StoreLatency',
      'webhook Denied malformed',
      'webhook Denied secret', // there was none, and the alarm must know
      'webhook Denied stale',
      'webhook Denied signature',
      'redrive Redriven',
      'redrive StoreLatency',
    ]) {
      assert.ok(seen.has(expected), `${expected} is among ${[...seen].join(', ')}`);
    }
    assert.doesNotMatch(lines.map(({ line }) => line).join('\n'), /metrics-user|metrics-course/);
  });
});
