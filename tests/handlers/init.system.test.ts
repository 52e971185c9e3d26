// INIT of the functions' real archives: what it does ahead of the first request, and what the first request does itself after
// an INIT that could not.
import assert from 'node:assert/strict';
import type { Fault } from 'local-momento';
import { INIT_WITHIN_MS } from '../../handlers/core/deadline';
import { sign } from '../../handlers/core/signature';
import { DEATHS } from '../dying-connections';
import {
  API_KEY_ARN,
  CACHE,
  type FrozenFunctions,
  NAMES,
  SIGNING_SECRET_ARN,
  startFunctions,
  TOPIC,
} from './frozen-functions';

const SECRET = 'the signing secret';
/** So many times more slowly does the functions' time pass: a busy machine, too, loads their code in time. */
const SLOWER = 4;
/** INIT waits so long in all. The rest is for the thread to start, and for the code that runs when the wait is over. */
const INIT_AT_MOST_MS = 2 * INIT_WITHIN_MS;
/** The connections of each function: the publisher has one for tokens, and one for its topic. */
const CONNECTIONS = { webhook: 1, redrive: 1, publisher: 2, tokens: 1 };
/** How often each asks Secrets Manager. The webhook's signing secret is young, so it asks for the previous one, too. */
const SECRETS = { webhook: 3, redrive: 1, publisher: 1, tokens: 1 };
const TEN_MINUTES_MS = 600_000;
const NO_ANSWER: Fault = { kind: 'apply-then-time-out' };
const SLOW: Fault = { kind: 'delay', ms: 1.5 * INIT_WITHIN_MS * SLOWER };

describe('the INIT of a function', () => {
  let functions: FrozenFunctions;
  let sequence = 0;
  /** The operations that reach Secrets Manager and Momento, in their order. */
  let asked: string[] = [];

  before(async () => {
    functions = await startFunctions(SECRET, { slower: SLOWER });
  });
  beforeEach(() => {
    functions.restart();
    functions.secrets.putSecretValue(SIGNING_SECRET_ARN, SECRET); // it is young, and there is a previous one
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
  const initialise = async (name: (typeof NAMES)[number]) => {
    const ms = await functions.initialise(name);
    assert.ok(ms < INIT_AT_MOST_MS, `${name}: INIT took ${ms} ms`);
  };
  const fetches = () => asked.filter((one) => one === 'GetSecretValue').length;

  it('fetches each secret once and connects, so that the first request does neither', async () => {
    for (const name of NAMES) {
      const before = functions.connections();
      asked = [];
      await initialise(name);
      assert.equal(fetches(), SECRETS[name], name);
      assert.equal(functions.connections() - before, CONNECTIONS[name], name);
      asked = [];
      await serve(name);
      assert.equal(fetches(), 0, name);
      assert.equal(functions.connections() - before, CONNECTIONS[name], `${name} connects again`);
    }
  });

  it('changes nothing in Momento, vends no token, and logs and counts nothing', async () => {
    for (const name of NAMES) {
      asked = [];
      await initialise(name);
      const reads = name === 'webhook' || name === 'redrive' ? ['Get'] : [];
      assert.deepEqual(
        asked.filter((one) => one !== 'GetSecretValue'),
        reads,
        name,
      );
      assert.deepEqual(functions.logs(), [], name);
    }
  });

  it('does not ask for the previous secret once that is no longer accepted', async () => {
    functions.freeze(7_200_000, 'fin');
    await initialise('webhook');
    await serve('webhook');
    assert.equal(fetches(), 2);
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
      answer((one) => (one === operation ? fault : undefined));
      await Promise.all(NAMES.map(initialise)); // most of it is waiting
      answer();
      for (const name of NAMES) {
        asked = [];
        await serve(name);
        // A call that is not answered is repeated by the client, perhaps after INIT: only what is refused can be counted.
        if (operation === 'GetSecretValue' && fault.kind === 'refuse')
          assert.equal(fetches(), SECRETS[name], name);
      }
    });
  }

  it('does not fail while Momento’s port is closed, and the first request connects', async () => {
    for (const name of NAMES) {
      functions.listen(false);
      try {
        await initialise(name);
      } finally {
        functions.listen(true);
      }
      await serve(name);
    }
  });

  it('does not fail with a key that is none, or is refused, and the first request takes the right one', async () => {
    const right = functions.secrets.currentText(API_KEY_ARN);
    for (const wrong of [
      'no key',
      Buffer.from(JSON.stringify({ api_key: 'x', endpoint: 'y' })).toString('base64'),
    ]) {
      for (const name of NAMES) {
        functions.secrets.putSecretValue(API_KEY_ARN, wrong);
        await initialise(name);
        functions.secrets.putSecretValue(API_KEY_ARN, right);
        await serve(name);
      }
    }
  });

  for (const death of DEATHS) {
    it(`may be ten minutes ago, and all of its connections dead (${death})`, async () => {
      for (const name of NAMES) {
        await initialise(name);
        functions.freeze(TEN_MINUTES_MS, death);
        await serve(name);
      }
    });
  }
});
