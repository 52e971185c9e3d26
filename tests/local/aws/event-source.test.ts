// A queue that feeds a function, as an event source mapping says.
import assert from 'node:assert/strict';
import { parsePolicy } from '../../../local/aws/iam';
import { Sqs } from '../../../local/aws/sqs';
import { EventSource } from '../../../local/aws/sqs/event-source';

const ARN = 'arn:aws:sqs:us-east-1:123456789012:';

/** The statements of a role that may do these things. */
const allowing = (...actions: string[]) =>
  parsePolicy({ Statement: { Effect: 'Allow', Action: actions, Resource: `${ARN}*` } }, 'test');

describe('a queue that feeds a function', () => {
  let sqs: Sqs;

  beforeEach(() => {
    sqs = new Sqs();
    sqs.declare([
      {
        arn: `${ARN}work`,
        name: 'work',
        url: 'http://127.0.0.1/123456789012/work',
        visibilityMs: 30_000,
        delayMs: 0,
        retentionMs: 3_600_000,
      },
    ]);
  });

  const mapping = {
    name: 'm',
    queueArn: `${ARN}work`,
    functionName: 'f',
    batchSize: 10,
    partial: true,
    maxConcurrency: 2,
  };
  const consumer = allowing('sqs:*');

  it('deletes what the function did not fail, and hands the rest out again', async () => {
    const batches: string[][] = [];
    const handed = new Promise<void>((done) => {
      const source = new EventSource(mapping, sqs, {
        statements: consumer,
        async invoke(event) {
          const records = recordsOf(event);
          batches.push(records.map(({ body }) => body));
          const failing = records.filter(({ body }) => body === 'bad' && batches.length === 1);
          if (batches.length === 2) {
            source.close();
            done();
          }
          const batchItemFailures = failing.map(({ messageId }) => ({ itemIdentifier: messageId }));
          if (batches.length === 1) setImmediate(() => sqs.hurry(30_001));
          return { ok: true, payload: JSON.stringify({ batchItemFailures }) };
        },
      });
      sqs.find('work').send('bad');
      sqs.find('work').send('good');
      sqs.hurry(0);
    });
    await handed;
    assert.deepEqual(batches.flat().filter((body) => body === 'good').length, 1);
    assert.deepEqual(batches.flat().filter((body) => body === 'bad').length, 2);
  });

  it('fails the whole batch where the function throws or answers something else', async () => {
    for (const outcome of [
      { ok: false } as const,
      { ok: true, payload: '{"batchItemFailures":[{"itemIdentifier":"nobody"}]}' } as const,
      { ok: true, payload: '"what"' } as const,
    ]) {
      const queue = sqs.find('work');
      queue.drain();
      queue.send('one');
      await new Promise<void>((done) => {
        const source = new EventSource(mapping, sqs, {
          statements: consumer,
          invoke: async () => {
            setImmediate(done);
            return outcome;
          },
        });
        setImmediate(() => source.close());
      });
      assert.equal(queue.counts.hidden, 1);
    }
  });

  it('is refused where the function’s role may not take from the queue', () => {
    const fed = {
      statements: allowing('sqs:ReceiveMessage'),
      invoke: async () => ({ ok: false }) as const,
    };
    assert.throws(
      () => new EventSource(mapping, sqs, fed),
      /does not have permissions to call DeleteMessage on SQS/,
    );
  });
});

interface Record {
  messageId: string;
  body: string;
}

function recordsOf(event: unknown): Record[] {
  assert.ok(
    event !== null && typeof event === 'object' && 'Records' in event && Array.isArray(event.Records),
  );
  return event.Records;
}
