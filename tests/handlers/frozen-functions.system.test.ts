// Functions that were frozen for ten minutes while all of their connections died, in each of these ways. They serve the next
// request like any other.
import assert from 'node:assert/strict';
import { sign } from '../../handlers/core/signature';
import { DEATHS } from '../dying-connections';
import {
  API_KEY_ARN,
  CACHE,
  type FrozenFunctions,
  SIGNING_SECRET_ARN,
  startFunctions,
  TOPIC,
} from './frozen-functions';

const TEN_MINUTES_MS = 600_000;
/** As many as SQS passes on at once. */
const BATCH = 10;

for (const death of DEATHS) {
  describe(`after ten minutes in which all of its connections died (${death})`, () => {
    let functions: FrozenFunctions;
    let secret = 'the first secret';
    let sequence = 0;

    before(async () => {
      functions = await startFunctions(secret);
    });
    beforeEach(() => functions.momento.setFaults(undefined));
    after(() => functions.close());

    const freeze = () => functions.freeze(TEN_MINUTES_MS, death);
    const refuse = (refused: string) =>
      functions.momento.setFaults((operation) => (operation === refused ? { kind: 'refuse' } : undefined));
    const event = () => {
      const fields = { cache: CACHE, topic: TOPIC, token_id: 'taylor' };
      const times = { event_timestamp: functions.now(), publish_timestamp: functions.now() };
      const text = JSON.stringify({ comment: 'hello', courseId: 1 });
      return JSON.stringify({ ...fields, ...times, topic_sequence_number: ++sequence, text });
    };
    const deliver = async (): Promise<number> => {
      const body = event();
      const requestContext = { http: { method: 'POST' } };
      const headers = { 'momento-signature': sign(Buffer.from(body), secret) };
      return Object(await functions.invoke('webhook', { requestContext, headers, body })).statusCode;
    };
    const asked = async (name: 'publisher' | 'tokens', payload: object): Promise<number> =>
      Object(await functions.invoke(name, payload)).statusCode;
    const publish = (userId: string) => asked('publisher', { userId, courseId: 1, comment: 'hello' });
    const vend = () => asked('tokens', { userId: 'taylor' });
    /**
     * Passes events to the redrive. Resolves with how many fail, and how many of them come again before their visibility
     * time-out ends.
     */
    const redriven = async () => {
      const queue = functions.sqs.find(functions.queueUrl);
      queue.drain();
      for (let i = 0; i < BATCH; i++) queue.send(event());
      const messages = queue.receive(BATCH);
      const hiddenUntil = Math.min(...messages.map(({ visibleAt }) => visibleAt));
      const Records = messages.map(({ id: messageId, receiptHandle, body }) => {
        return { messageId, receiptHandle, body, attributes: { ApproximateReceiveCount: '1' } };
      });
      const { batchItemFailures } = Object(await functions.invoke('redrive', { Records }));
      const postponed = messages.filter(({ visibleAt }) => visibleAt < hiddenUntil);
      return [batchItemFailures.length, postponed.length];
    };
    /** On a slow machine the first start may be too slow for its first request. */
    const answeredAtLast = async (status: number, call: () => Promise<number>) => {
      const until = Date.now() + 60_000;
      while ((await call()) !== status) assert.ok(Date.now() < until, `not answered ${status} for a minute`);
    };

    it('the webhook accepts an event that is signed with a new secret', async () => {
      await answeredAtLast(200, deliver);
      secret = 'another secret';
      functions.secrets.putSecretValue(SIGNING_SECRET_ARN, secret);
      freeze();
      assert.equal(await deliver(), 200);
    });

    it('the webhook puts into the queue what Momento would not store', async () => {
      refuse('SortedSetPut');
      await answeredAtLast(202, deliver);
      freeze();
      assert.equal(await deliver(), 202);
    });

    it('the redrive postpones a batch that it cannot store, and stores it', async () => {
      refuse('SortedSetPut');
      await redriven();
      freeze();
      assert.deepEqual(await redriven(), [BATCH, BATCH]);
      functions.momento.setFaults(undefined);
      freeze();
      assert.deepEqual(await redriven(), [0, 0]);
    });

    it('the publisher answers 200, to a user with a kept token and to a new one', async () => {
      await answeredAtLast(200, () => publish('kept'));
      freeze();
      assert.equal(await publish('kept'), 200);
      freeze();
      assert.equal(await publish('new'), 200);
    });

    it('the token service answers 200', async () => {
      await answeredAtLast(200, vend);
      freeze();
      assert.equal(await vend(), 200);
    });

    it('every function has replaced an API key with too few rights by the right one', async () => {
      await answeredAtLast(200, vend);
      const { body } = Object(await functions.invoke('tokens', { userId: 'weak' }));
      const apiKey = functions.secrets.currentText(API_KEY_ARN);
      functions.secrets.putSecretValue(API_KEY_ARN, JSON.parse(body).authToken);
      functions.restart();
      await answeredAtLast(202, deliver);
      await answeredAtLast(502, vend);
      await answeredAtLast(502, () => publish('taylor'));
      assert.equal((await redriven())[0], BATCH);
      functions.secrets.putSecretValue(API_KEY_ARN, apiKey);
      freeze();
      assert.deepEqual([await deliver(), await vend(), await publish('taylor')], [200, 200, 200]);
      assert.deepEqual(await redriven(), [0, 0]);
    });
  });
}
