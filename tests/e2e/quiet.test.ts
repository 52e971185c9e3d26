// The stack as Lambda treats it between two requests. Its clock jumps, so nobody waits for minutes.
import assert from 'node:assert/strict';
import {
  NoopMomentoLoggerFactory,
  TopicClient,
  TopicConfigurations,
  TopicPublishResponse,
} from '@gomomento/sdk';
import { tokenCredentials } from '../../handlers/adapters/momento-credentials';
import { type Stack, startStack } from '../../local/stack';
import { sendMessage } from '../../local/stack/flow';
import { readBack } from '../read-back';

const TEN_MINUTES_MS = 600_000;

describe('the stack after a quiet time', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack.close());

  it('refuses nothing as stale, expired or badly signed because the clock has jumped', async () => {
    await sendMessage(stack, { userId: 'taylor', courseId: 1, comment: 'Before' });
    await stack.freeze();
    stack.clock.advance(TEN_MINUTES_MS);
    const { at } = await sendMessage(stack, { userId: 'taylor', courseId: 1, comment: 'After' });
    assert.ok(
      at.getTime() > Date.now() + TEN_MINUTES_MS - 60_000,
      'its publish time follows the clock of the stack',
    );
  });

  it('sends its date in answers, by which AWS SDKs sign if their own clock is far off', async () => {
    for (const url of [stack.aws.url, String(stack.outputs.webhookUrl)]) {
      const date = (await fetch(url)).headers.get('date') ?? '';
      assert.ok(Math.abs(Date.parse(date) - stack.clock.now()) < 60_000, `${date} of ${url}`);
    }
  });

  it('lets a token expire by its clock', async () => {
    const answer = Object(await stack.invoke(String(stack.outputs.tokensFunctionName), { userId: 'taylor' }));
    const { authToken, expiresAt } = JSON.parse(answer.body);
    const topics = new TopicClient({
      credentialProvider: tokenCredentials(authToken, { local: `127.0.0.1:${stack.momento.port}` }),
      configuration: TopicConfigurations.Default.latest(new NoopMomentoLoggerFactory()),
    });
    const publish = () => topics.publish(stack.cacheName, stack.topicName, 'text');
    stack.clock.advance(expiresAt - 60_000 - stack.clock.now());
    assert.equal((await publish()).type, TopicPublishResponse.Success);
    stack.clock.advance(60_000);
    assert.equal((await publish()).type, TopicPublishResponse.Error);
  });

  it('returns messages from the queue when its clock says so', async () => {
    const event = {
      cache: stack.cacheName,
      topic: stack.topicName,
      event_timestamp: 1,
      publish_timestamp: 1,
      topic_sequence_number: 1,
      token_id: 'taylor',
      text: '{"comment":"Late","courseId":2}',
    };
    const queue = stack.sqs.find(String(stack.outputs.redriveQueueUrl));
    const stored = new Promise<void>((resolve) => {
      stack.momento.on('call', ({ operation }) => operation === 'SortedSetPut' && resolve());
    });
    queue.send(JSON.stringify(event), TEN_MINUTES_MS);
    stack.clock.advance(TEN_MINUTES_MS);
    await stored;
    assert.deepEqual(
      (await readBack(stack, 2)).map(({ comment }) => comment),
      ['Late'],
    );
  });
});
