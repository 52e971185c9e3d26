// Without the bundler's plug-in, as on the day that a package no longer fits it.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { sign } from '../../../handlers/core/signature';
import { copyProgram } from '../../copy';
import { CACHE, type FrozenFunctions, startFunctions, TOPIC } from '../../handlers/frozen-functions';

const SECRET = 'the signing secret';

describe('plain bundles', () => {
  let project: string;
  let functions: FrozenFunctions;

  before(async () => {
    project = copyProgram();
    functions = await startFunctions(SECRET, { project, lean: false });
  });
  after(async () => {
    await functions.close();
    rmSync(project, { recursive: true });
  });

  const event = () => {
    const fields = { cache: CACHE, topic: TOPIC, token_id: 'taylor', topic_sequence_number: 1 };
    const times = { event_timestamp: functions.now(), publish_timestamp: functions.now() };
    return JSON.stringify({ ...fields, ...times, text: JSON.stringify({ comment: 'hello', courseId: 1 }) });
  };
  /** On a slow machine the first start may be too slow for its first request. */
  const answeredAtLast = async (status: number, call: () => Promise<unknown>) => {
    const until = Date.now() + 60_000;
    while (Object(await call()).statusCode !== status)
      assert.ok(Date.now() < until, `not answered ${status} for a minute`);
  };

  it('store an event, queue what Momento would not store, and redrive it', async () => {
    const deliver = () => {
      const body = event();
      const headers = { 'momento-signature': sign(Buffer.from(body), SECRET) };
      return functions.invoke('webhook', { requestContext: { http: { method: 'POST' } }, headers, body });
    };
    await answeredAtLast(200, deliver);
    functions.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
    await answeredAtLast(202, deliver);
    functions.setFaults(undefined);
    const attributes = { ApproximateReceiveCount: '1' };
    const record = { messageId: '1', receiptHandle: '1', body: event(), attributes };
    assert.deepEqual(await functions.invoke('redrive', { Records: [record] }), { batchItemFailures: [] });
  });

  it('publish, and vend a token', async () => {
    await answeredAtLast(200, () =>
      functions.invoke('publisher', { userId: 'taylor', courseId: 1, comment: 'hello' }),
    );
    await answeredAtLast(200, () => functions.invoke('tokens', { userId: 'taylor' }));
  });
});
