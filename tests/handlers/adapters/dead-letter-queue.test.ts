// What the relay puts into the dead-letter queue: the AWS SDK against a queue on this machine.
import assert from 'node:assert/strict';
import { CONNECTION_FAULTS } from 'local-momento';
import { DeadLetterQueue } from '../../../handlers/adapters/dead-letter-queue';
import type { TopicEvent } from '../../../handlers/core/event';
import { AwsEndpoint } from '../../../local/aws/endpoint';
import { parsePolicy } from '../../../local/aws/iam';
import { Sqs } from '../../../local/aws/sqs';
import { callAws } from './aws-environment';

const ARN = 'arn:aws:sqs:us-east-1:123456789012:dead';
/** One call takes this much; an event is a little longer than its text. */
const MIB = 1_048_576;

describe('the dead-letter queue of the relay', () => {
  let setBack: () => void;
  let sqs: Sqs;
  let aws: AwsEndpoint;
  let queue: DeadLetterQueue;
  let calls: number;

  before(async () => {
    sqs = new Sqs();
    const statements = parsePolicy(
      { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: ARN }] },
      'the relay',
    );
    const key = { accessKeyId: 'AKIARELAY', secretAccessKey: 'secret' };
    aws = await AwsEndpoint.start({
      services: [sqs.service],
      findIdentity: () => ({ ...key, arn: 'arn:aws:iam::123456789012:user/relay', statements }),
      now: Date.now,
    });
    setBack = callAws(aws.url, key);
  });
  beforeEach(() => {
    const url = `${aws.url}/123456789012/dead`;
    sqs.declare([]);
    sqs.declare([{ arn: ARN, name: 'dead', url, visibilityMs: 30_000, delayMs: 0, retentionMs: 86_400_000 }]);
    calls = 0;
    aws.setFaults(() => {
      calls += 1;
      return undefined;
    });
    queue = new DeadLetterQueue(url, 500);
  });
  after(async () => {
    await aws?.close();
    setBack?.();
  });

  const event = (number: number, text = 'hello'): TopicEvent => ({
    cache: 'c',
    topic: 't',
    event_timestamp: 1,
    publish_timestamp: 2,
    topic_sequence_number: number,
    token_id: 'taylor',
    text,
    id: `event-${number}`,
  });
  const numbers = () =>
    sqs
      .find('dead')
      .drain()
      .map(({ body }) => JSON.parse(body).topic_sequence_number)
      .sort();

  it('takes ten events with one call', async () => {
    const events = Array.from({ length: 10 }, (_, at) => event(at));
    assert.deepEqual(await queue.send(events), Array(10).fill(undefined));
    assert.deepEqual([numbers(), calls], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1]);
  });

  it('takes events that are too long for one call with several, and says of which it did not take', async () => {
    const third = 'é'.repeat(MIB / 6);
    const events = [event(0, third), event(1, third), event(2, third), event(3, 'x'.repeat(MIB)), event(4)];
    const reasons = await queue.send(events);
    assert.deepEqual(
      reasons.map((reason) => reason !== undefined),
      [false, false, false, true, false],
    );
    assert.deepEqual(numbers(), [0, 1, 2, 4]);
    assert.equal(calls, 4, 'two thirds, one, the one that is too long, the last');
  });

  it('says why SQS takes none', async () => {
    aws.setFaults(() => ({ kind: 'refuse' }));
    const reasons = await queue.send([event(0), event(1)]);
    assert.equal(reasons.length, 2);
    assert.ok(reasons.every((reason) => typeof reason === 'string' && reason.length > 0));
    assert.deepEqual(numbers(), []);
  });

  for (const death of CONNECTION_FAULTS) {
    it(`takes events over a connection that died unseen (${death})`, async () => {
      assert.deepEqual(await queue.send([event(0)]), [undefined]);
      const open = aws.connections.size;
      assert.deepEqual(await queue.send([event(1)]), [undefined]);
      assert.equal(aws.connections.size, open, 'the connection is kept');
      aws.connections.kill(death);
      assert.deepEqual(await queue.send([event(2)]), [undefined]);
      assert.deepEqual(numbers(), [0, 1, 2]);
    });
  }
});
