import assert from 'node:assert/strict';
import type { TopicMessage } from 'local-momento';
import { local } from '../../../application/local';
import { type Journey, STATIONS } from '../../../local/page/journey';
import { Journeys } from '../../../local/page/journeys';

const hello = local.describe({ courseId: '123', comment: 'hello' });
const REQUEST_ID = '3f0c8d1e-58a1-4a6e-9f5f-0d9f4d0e7a11';

describe('a comment’s journey', () => {
  let journeys: Journeys;
  let told: number;
  let now: number;

  beforeEach(() => {
    [told, now] = [0, 1_000];
    const tell = () => {
      told++;
    };
    journeys = new Journeys(local.describe, tell, () => now);
  });

  const message = (changes: Partial<TopicMessage> = {}): TopicMessage => ({
    cache: 'c',
    topic: 't',
    sequenceNumber: 1,
    sequencePage: 1,
    tokenId: 'taylor',
    text: JSON.stringify({ comment: 'hello', courseId: 123, requestId: REQUEST_ID }),
    publishedAt: 1_000,
    ...changes,
  });
  const log = (fields: object) =>
    JSON.stringify({
      level: 'INFO',
      requestId: 'of the invocation',
      message: { requestId: REQUEST_ID, ...fields },
    });
  const texts = ({ steps }: Journey) =>
    Object.entries(steps).map(([name, { state, text }]) => `${name} ${state}: ${text}`);
  const timesOf = ({ steps }: Journey) => STATIONS.flatMap((one) => steps[one]?.at ?? []);
  const answer = (status: number, text = '') => ({ status, requestId: REQUEST_ID, message: text, ms: 12 });
  const only = () => {
    const [journey, ...others] = journeys.all;
    assert.ok(journey && others.length === 0);
    return journey;
  };

  it('is put together from the events of Momento and the functions, with the time since its start', () => {
    journeys.begin('taylor', hello);
    now += 5;
    journeys.tokenVended('taylor');
    now += 5;
    journeys.published(message());
    now += 5;
    journeys.delivered(message(), { status: 200, ms: 4.6 });
    const journey = only();
    journeys.answered(journey, answer(200));
    assert.deepEqual(texts(journey), [
      'publisher done: answered 200 in 12\u00a0ms',
      'token done: vended for taylor',
      'topic done: published as taylor',
      'webhook done: answered 200 in 5\u00a0ms',
      'outcome done: stored in course 123',
    ]);
    assert.deepEqual(timesOf(journey), [5, 5, 10, 15, 15]);
    assert.equal(journey.requestId, REQUEST_ID);
    assert.ok(told >= 5);
  });

  it('names the INIT of a new instance beside its answer, and never a negative time', () => {
    for (const [initMs, text] of [
      [30, 'answered 200 in 20\u00a0ms, after an INIT of 30\u00a0ms'],
      [9_000, 'answered 200 in 50\u00a0ms'],
    ] as const) {
      journeys.published(message());
      journeys.logged(log({ outcome: 'stored' }), initMs);
      journeys.delivered(message(), { status: 200, ms: 50 });
      assert.equal(journeys.all[0]?.steps.webhook?.text, text);
      journeys = new Journeys(
        local.describe,
        () => {},
        () => now,
      );
    }
  });

  it('waits in the queue until the redrive stores it, found by the request id alone', () => {
    journeys.published(message());
    journeys.delivered(message(), { status: 202, ms: 2_500 });
    assert.equal(only().steps.outcome?.text, 'waits in the queue');
    journeys.logged(log({ outcome: 'not redriven', deliveries: 1 }));
    assert.equal(only().steps.outcome?.text, 'waits in the queue, tried once');
    journeys.logged(log({ outcome: 'redriven', deliveries: 2, requestId: 'of another' }));
    assert.equal(only().steps.outcome?.state, 'waiting');
    journeys.logged(log({ outcome: 'redriven', deliveries: 2 }));
    assert.deepEqual(only().steps.outcome, {
      state: 'done',
      at: 0,
      text: 'stored in course 123, from the queue, tried 2 times',
    });
    journeys.logged(log({ outcome: 'queued' }));
    assert.equal(only().steps.outcome?.state, 'done', 'what is stored stays stored, whatever is replayed');
  });

  it('ends at the step that refused: the publisher, or Momento’s topic', () => {
    const journey = journeys.begin('', hello);
    journeys.answered(journey, answer(422, 'userId must be …'));
    assert.deepEqual(texts(journey), ['publisher failed: answered 422: userId must be …']);
    const second = journeys.begin('robin', hello);
    journeys.tokenVended('robin');
    journeys.answered(second, answer(503, 'Temporarily unavailable'));
    assert.deepEqual(texts(second), [
      'publisher done: took it',
      'token done: vended for robin',
      'topic failed: not published; the publisher answered 503: Temporarily unavailable',
    ]);
  });

  it('goes on from a publisher that gave it up although Momento took it, before its answer or after', () => {
    const told =
      'publisher done: answered 503: Temporarily unavailable. The message was published all the same';
    for (const isLate of [false, true]) {
      const journey = journeys.begin('taylor', hello);
      journeys.tokenVended('taylor');
      if (!isLate) journeys.published(message());
      journeys.answered(journey, answer(503, 'Temporarily unavailable'));
      if (isLate) journeys.published(message());
      assert.deepEqual(texts(journey), [
        told,
        'token done: vended for taylor',
        'topic done: published as taylor',
      ]);
      assert.equal(journeys.all.length, 1);
      journeys = new Journeys(
        local.describe,
        () => {},
        () => now,
      );
    }
  });

  it('ends at the webhook if Momento has no room to keep the message for it', () => {
    journeys.published(message());
    journeys.dropped(message(), 'backlog is full');
    assert.equal(only().steps.webhook?.state, 'failed');
    assert.equal(only().steps.webhook?.text, 'not called: backlog is full');
  });

  it('that ended at the publisher does not take the token or the topic of a later one', () => {
    const refused = journeys.begin('taylor', hello);
    journeys.answered(refused, answer(422, 'comment is too long'));
    const next = journeys.begin('taylor', hello);
    journeys.tokenVended('taylor');
    journeys.published(message());
    assert.deepEqual(Object.keys(refused.steps), ['publisher']);
    assert.equal(next.steps.token?.text, 'vended for taylor');
    assert.equal(next.steps.topic?.state, 'done');
  });

  it('names the token of a message that another backend publishes vended, and then reused', () => {
    journeys.tokenVended('taylor');
    now += 7;
    journeys.published(message());
    journeys.logged(log({ outcome: 'published' }));
    assert.deepEqual(texts(only()), [
      'token done: vended for taylor',
      'topic done: published as taylor',
      'publisher done: took it',
    ]);
    assert.deepEqual(timesOf(only()), [0, 0, 7], 'it began with its token');
    journeys.published(message({ sequenceNumber: 2 }));
    assert.equal(journeys.all[0]?.steps.token?.text, 'reused');
  });

  it('tells a token of the token service from one of the publisher, however late the user publishes', () => {
    journeys.tokenVended('taylor');
    journeys.logged(log({ outcome: 'vended', requestId: '7d3c8d1e-58a1-4a6e-9f5f-0d9f4d0e7a11' }));
    now += 60_000;
    const text = JSON.stringify({ comment: 'hello', courseId: 123 });
    journeys.published(message({ text }));
    assert.deepEqual(texts(only()), [
      'token done: vended for taylor by the token service',
      'topic done: published as taylor',
    ]);
    assert.deepEqual(timesOf(only()), [0, 0], 'it began when it was published');
  });

  it('never goes back in time, in whatever order the steps are heard of', () => {
    journeys.begin('taylor', hello);
    now += 10;
    journeys.published(message());
    now += 10;
    journeys.logged(log({ outcome: 'stored' }));
    now += 10;
    journeys.delivered(message(), { status: 200, ms: 15 });
    now += 10;
    journeys.answered(only(), answer(200));
    assert.deepEqual(timesOf(only()), [10, 10, 10, 20, 20]);
    assert.equal(only().steps.webhook?.text, 'answered 200 in 15\u00a0ms');
  });

  it('is no later at the webhook than at its outcome, although the answer is heard of after it', () => {
    journeys.published(message());
    now += 10;
    journeys.logged(log({ outcome: 'redriven', deliveries: 1 }));
    now += 10;
    journeys.delivered(message(), { status: 202, ms: 15 });
    assert.deepEqual(timesOf(only()), [0, 0, 10, 10]);
  });

  it('passes the webhook also if the relay brings it there: its log tells', () => {
    journeys.published(message());
    journeys.logged(log({ outcome: 'not stored', reason: 'store' }));
    assert.deepEqual(Object.keys(only().steps), ['token', 'topic', 'webhook']);
    journeys.logged(log({ outcome: 'queued' }));
    assert.equal(only().steps.webhook?.text, 'verified the event');
    assert.equal(only().steps.outcome?.state, 'waiting');
  });

  it('is given up in the dead-letter queue, and goes on when it is sent back', () => {
    const found = { cache: 'c', topic: 't', sequenceNumber: 1, text: message().text };
    journeys.published(message());
    journeys.delivered(message(), { status: 202, ms: 1 });
    journeys.gaveUp(found, 'given up after 10 tries');
    assert.deepEqual(only().steps.outcome, { state: 'given-up', at: 0, text: 'given up after 10 tries' });
    journeys.leftDeadLetters(found, { isBack: true });
    assert.equal(only().steps.outcome?.text, 'sent back to the queue');
    journeys.logged(log({ outcome: 'redriven', deliveries: 1 }));
    journeys.gaveUp(found, 'a copy of it');
    assert.equal(only().steps.outcome?.state, 'done');
  });

  it('is found by its position alone if its publisher gave no request id', () => {
    journeys.published(message({ text: 'no JSON' }));
    journeys.gaveUp({ cache: 'c', topic: 't', sequenceNumber: 1, text: 'no JSON' }, 'given up by the relay');
    assert.equal(only().steps.outcome?.state, 'given-up');
  });

  it('has what the functions logged about it, also what they logged before its request id was known', () => {
    const journey = journeys.begin('taylor', hello);
    const line = log({ outcome: 'not published', reason: 'malformed' });
    journeys.logged(line);
    journeys.answered(journey, answer(422, 'comment is too long'));
    assert.deepEqual(journey.logs, [{ station: 'publisher', line }]);
  });

  it('ends at the webhook if this refused, did not answer, or could do nothing', () => {
    const rows: [{ status?: number; error?: string }, string][] = [
      [{ status: 422 }, 'answered 422 in 1\u00a0ms'],
      [{ status: 503 }, 'answered 503 in 1\u00a0ms'],
      [{ error: 'no answer within 5000 ms' }, 'no answer within 5000 ms'],
      [{ error: 'read ECONNRESET' }, 'no answer: read ECONNRESET'],
    ];
    for (const [index, [answer, text]] of rows.entries()) {
      journeys.published(message({ sequenceNumber: index }));
      journeys.delivered(message({ sequenceNumber: index }), { ...answer, ms: 1 });
      const [journey] = journeys.all;
      assert.deepEqual([journey?.steps.webhook?.state, journey?.steps.webhook?.text], ['failed', text]);
      assert.equal(journey?.steps.outcome, undefined, 'the last step did not happen');
    }
  });

  it('is also shown for other publishers’ messages, whatever they contain', () => {
    journeys.published(message({ tokenId: '', text: '<b>no JSON</b>' }));
    assert.deepEqual(
      [only().userId, only().text, only().place, only().steps.topic?.text],
      ['', '<b>no JSON</b>', '?', 'published with an API key'],
    );
    journeys.logged('no JSON either');
    journeys.logged('null');
  });

  it('keeps messages with the same user and text apart', () => {
    const first = journeys.begin('taylor', hello);
    const second = journeys.begin('taylor', hello);
    journeys.published(message({ sequenceNumber: 1 }));
    journeys.published(message({ sequenceNumber: 2 }));
    journeys.delivered(message({ sequenceNumber: 2 }), { status: 200, ms: 1 });
    assert.equal(first.steps.webhook, undefined);
    assert.equal(second.steps.webhook?.state, 'done');
  });

  it('is forgotten after thirty more', () => {
    for (let i = 0; i < 40; i++) journeys.published(message({ sequenceNumber: i }));
    assert.equal(journeys.all.length, 30);
    journeys.delivered(message({ sequenceNumber: 0 }), { status: 200, ms: 1 });
  });
});
