// The whole stack with the relay in place of Momento's webhook.
import assert from 'node:assert/strict';
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { type Comment, readComments } from '../../local/comments';
import { type Stack, startStack } from '../../local/stack';
import { sendMessage } from '../../local/stack/flow';
import { Publisher } from '../../local/stack/publisher';

const USERS = ['ada', 'grace', 'linus', 'taylor'];
const MESSAGES = 300;

describe('the stack with the relay', () => {
  let stack: Stack;

  before(async () => {
    stack = await startStack({ config: { delivery: 'relay' } });
  });

  after(() => stack.close());

  it("stores a comment under its publisher's identity", async () => {
    const { userID, text: comment } = await sendMessage(stack, {
      userId: 'taylor',
      courseId: 1,
      comment: 'Without a webhook',
    });
    assert.deepEqual([userID, comment], ['taylor', 'Without a webhook']);
  });

  it(`stores each of ${MESSAGES} comments once although the relay is killed halfway`, async () => {
    const { relay } = stack;
    assert(relay);
    const stored = comments('2');
    let calls = 0;
    const published = Promise.all(USERS.map((user) => publish(user, MESSAGES / USERS.length)));
    const killed = new Promise<void>((resolve, reject) => {
      stack.events.on('request', ({ url }) => {
        calls += url === 'webhook' ? 1 : 0;
        if (calls === MESSAGES / 2) relay.kill().then(resolve, reject);
      });
    });
    await Promise.all([published, killed]);
    for (;;) {
      const next = new Promise((resolve) => stack.events.once('request', resolve));
      if (calls > MESSAGES && (await stored()).length >= MESSAGES) break;
      await next;
    }
    const all = await stored();
    assert.equal(new Set(all.map(({ userID, comment }) => `${userID} ${comment}`)).size, MESSAGES);
    assert.equal(all.length, MESSAGES, 'nothing is stored twice');
    assert(calls > MESSAGES, 'the messages in flight when it was killed were delivered again');
  });

  it('does nothing while it is frozen, and then delivers by the clock of the stack', async () => {
    const { relay } = stack;
    assert(relay);
    const answers: number[] = [];
    const answered = new Promise<void>((resolve) => {
      stack.events.on('request', ({ url, status }) => {
        if (url === 'webhook') answers.push(status);
        resolve();
      });
    });
    relay.freeze();
    stack.clock.advance(600_000); // an event signed by the old clock is stale
    await publish('taylor', 20, 3); // each takes longer than a delivery
    assert.deepEqual(answers, []);
    relay.thaw();
    await answered;
    assert.equal(answers[0], 200);
  });

  async function publish(user: string, messages: number, courseId = 2): Promise<void> {
    const { apiKey, cacheName, topicName } = stack;
    const local = `127.0.0.1:${stack.momento.port}`;
    const publisher = new Publisher({ apiKey, cacheName, topicName, local });
    for (let n = 0; n < messages; n++) {
      const text = JSON.stringify({ comment: String(n), courseId });
      await publisher.publish(user, text);
    }
  }

  function comments(course: string): () => Promise<Comment[]> {
    const { apiKey, cacheName } = stack;
    const credentialProvider = apiKeyCredentials(apiKey, { local: `127.0.0.1:${stack.momento.port}` });
    return () => readComments(course, { credentialProvider, cacheName, limit: 2 * MESSAGES });
  }
});
