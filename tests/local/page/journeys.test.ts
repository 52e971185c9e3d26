import assert from 'node:assert/strict';
import type { TopicMessage } from 'local-momento';
import { local } from '../../../application/local';
import { type Journey, Journeys } from '../../../local/page/journeys';

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
    assert.deepEqual(texts(journey), [
      'token done: vended for taylor',
      'topic done: published as taylor',
      'webhook done: answered 200 in 5\u00a0ms',
      'outcome done: stored in course 123',
    ]);
    assert.deepEqual(
      Object.values(journey.steps).map(({ at }) => at),
      [5, 10, 15, 15],
    );
    assert.equal(journey.requestId, REQUEST_ID);
    assert.ok(told >= 5);
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

  it('ends if the publisher refused or failed', () => {
    const journey = journeys.begin('', hello);
    journeys.answered(journey, 422, REQUEST_ID, 'userId must be …');
    assert.deepEqual(texts(journey), ['token failed: the publisher answered 422: userId must be …']);
    const second = journeys.begin('robin', hello);
    journeys.tokenVended('robin');
    journeys.answered(second, 503, REQUEST_ID, 'Temporarily unavailable');
    assert.equal(second.steps.topic?.state, 'failed');
  });

  it('ends at the webhook if this refused, did not answer, or could do nothing', () => {
    const rows: [{ status?: number; error?: string }, string][] = [
      [{ status: 422 }, 'answered 422 in 1\u00a0ms'],
      [{ status: 503 }, 'answered 503 in 1\u00a0ms'],
      [{ error: 'no answer within 5000 ms' }, 'no answer: no answer within 5000 ms'],
    ];
    for (const [index, [answer, text]] of rows.entries()) {
      journeys.published(message({ sequenceNumber: index }));
      journeys.delivered(message({ sequenceNumber: index }), { ...answer, ms: 1 });
      const [journey] = journeys.all;
      assert.deepEqual([journey?.steps.webhook?.state, journey?.steps.webhook?.text], ['failed', text]);
      assert.equal(journey?.steps.outcome?.state, 'failed');
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
