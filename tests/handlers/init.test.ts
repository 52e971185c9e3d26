// INIT of the functions' real archives: what it does ahead of the first request, and what the first request does itself after
// an INIT that could not.
import assert from 'node:assert/strict';
import type { Fault } from 'local-momento';
import { sign } from '../../handlers/core/signature';
import { DEATHS } from '../dying-connections';
import { API_KEY_ARN, CACHE, type FrozenFunctions, NAMES, startFunctions, TOPIC } from './frozen-functions';

const SECRET = 'the signing secret';
/** INIT waits for a second. The rest is for a busy machine to load the code. */
const INIT_AT_MOST_MS = 8_000;
/** An INIT that is over by then has not given up waiting. */
const IN_TIME_MS = 1_000;
const A_MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 600_000;
const NO_ANSWER: Fault = { kind: 'apply-then-time-out' };
const SLOW: Fault = { kind: 'delay', ms: 3_000 };

describe('the INIT of a function', () => {
  let functions: FrozenFunctions;
  let sequence = 0;
  /** The operations that reach Secrets Manager and Momento, in their order. */
  let asked: string[] = [];

  before(async () => {
    functions = await startFunctions(SECRET);
  });
  beforeEach(() => {
    functions.restart();
    answer();
  });
  afterEach(() => answer());
  after(() => functions.close());

  /** What the services answer to an operation: by default as always. */
  function answer(faultOf: (operation: string) => Fault | undefined = () => undefined): void {
    asked = [];
    functions.setFaults((operation) => {
      asked.push(operation);
      return faultOf(operation);
    });
  }

  const request = () => {
    const fields = { cache: CACHE, topic: TOPIC, token_id: 'taylor', topic_sequence_number: ++sequence };
    const times = { event_timestamp: functions.now(), publish_timestamp: functions.now() };
    const text = JSON.stringify({ comment: 'hello', courseId: 1 });
    const body = JSON.stringify({ ...fields, ...times, text });
    const headers = { 'momento-signature': sign(Buffer.from(body), SECRET) };
    return { requestContext: { http: { method: 'POST' } }, headers, body };
  };
  const PAYLOADS: Record<(typeof NAMES)[number], () => unknown> = {
    webhook: request,
    publisher: () => ({ userId: 'taylor', courseId: 1, comment: 'hello' }),
    tokens: () => ({ userId: 'taylor' }),
    redrive: () => ({
      Records: [
        {
          messageId: '1',
          receiptHandle: '1',
          body: request().body,
          attributes: { ApproximateReceiveCount: '1' },
        },
      ],
    }),
  };
  /** Resolves when the function has served a request. */
  const serve = async (name: (typeof NAMES)[number]) => {
    const { statusCode, batchItemFailures } = Object(await functions.invoke(name, PAYLOADS[name]()));
    assert.ok(
      name === 'redrive' ? batchItemFailures.length === 0 : statusCode === 200,
      `${name}: ${statusCode}`,
    );
  };
  /** On a busy machine the first request after an INIT may be too late, so that is tried again from the start. */
  const inTime = async (scenario: () => Promise<void>) => {
    for (const until = Date.now() + A_MINUTE_MS; ; functions.restart()) {
      try {
        return await scenario();
      } catch (error) {
        if (Date.now() > until) throw error;
      }
    }
  };
  /** An INIT that did not give up waiting. */
  const initialiseInTime = (name: (typeof NAMES)[number]) =>
    inTime(async () => {
      answer();
      assert.ok((await functions.initialise(name)) < IN_TIME_MS, `${name}: INIT is too slow`);
    });
  const initialise = async (name: (typeof NAMES)[number]) => {
    const ms = await functions.initialise(name);
    assert.ok(ms < INIT_AT_MOST_MS, `${name}: INIT took ${ms} ms`);
  };

  it('fetches each secret once and connects, so that the first request asks for no secret', async () => {
    for (const name of NAMES) {
      await initialiseInTime(name);
      // Both secrets, as these functions have the same settings. The signing secret is young: the webhook asks for its previous
      // version too.
      const secrets = name === 'webhook' ? 3 : 2;
      assert.equal(asked.filter((one) => one === 'GetSecretValue').length, secrets, name);
      const connections = functions.momento.connections.size;
      asked = [];
      await serve(name);
      assert.ok(!asked.includes('GetSecretValue'), name);
      assert.ok(functions.momento.connections.size <= connections, `${name} connects again`);
    }
  });

  it('changes nothing in Momento, vends no token, and logs and counts nothing', async () => {
    for (const name of NAMES) {
      await initialiseInTime(name);
      const reads = name === 'webhook' || name === 'redrive' ? ['Get'] : [];
      assert.deepEqual([...new Set(asked)].sort(), [...reads, 'GetSecretValue'], name);
      assert.deepEqual(functions.logs(), [], name);
    }
  });

  it('does not ask for the previous secret once that is no longer accepted', async () => {
    functions.freeze(7_200_000, 'fin');
    await initialiseInTime('webhook');
    await serve('webhook');
    assert.equal(asked.filter((one) => one === 'GetSecretValue').length, 2);
  });

  const TROUBLES: [trouble: string, operation: string, fault: Fault][] = [
    ['Secrets Manager refuses', 'GetSecretValue', { kind: 'refuse' }],
    ['Secrets Manager never answers', 'GetSecretValue', NO_ANSWER],
    ['Secrets Manager is slow', 'GetSecretValue', SLOW],
    ['Momento refuses', 'Get', { kind: 'refuse' }],
    ['Momento never answers', 'Get', NO_ANSWER],
  ];
  for (const [trouble, operation, fault] of TROUBLES) {
    it(`does not fail while ${trouble}, waits for a second at most, and the first request asks again`, async () => {
      for (const name of NAMES) {
        await inTime(async () => {
          answer((one) => (one === operation ? fault : undefined));
          await initialise(name);
          answer();
          await serve(name);
        });
      }
    });
  }

  it('does not fail with a key that is none, or is refused, and the first request takes the right one', async () => {
    const right = functions.secrets.currentText(API_KEY_ARN);
    for (const wrong of [
      'no key',
      Buffer.from(JSON.stringify({ api_key: 'x', endpoint: 'y' })).toString('base64'),
    ]) {
      for (const name of NAMES) {
        await inTime(async () => {
          functions.secrets.putSecretValue(API_KEY_ARN, wrong);
          await initialise(name);
          functions.secrets.putSecretValue(API_KEY_ARN, right);
          await serve(name);
        });
      }
    }
  });

  for (const death of DEATHS) {
    it(`may be ten minutes ago, and all of its connections dead (${death})`, async () => {
      for (const name of NAMES) {
        await inTime(async () => {
          await initialise(name);
          functions.freeze(TEN_MINUTES_MS, death);
          await serve(name);
        });
      }
    });
  }
});
