// How the webhook gets its secrets: its real bundle behind its URL, and a Secrets Manager that stalls, rotates or is empty.
import assert from 'node:assert/strict';
import { makeLegacyKey } from 'local-momento';
import { type Stack, startStack } from '../../local/stack';
import { answeredAtLast, Sender } from '../sender';

const SECRET = 'the-signing-secret';
const CACHE = 'course-comments-dev';

const event = () => ({
  cache: CACHE,
  topic: 'comment',
  event_timestamp: Date.now(),
  topic_sequence_number: 1,
  token_id: 'taylor',
  text: JSON.stringify({ comment: 'hello', courseId: 1 }),
});

describe('the webhook when a call for a secret is never answered', () => {
  for (const secret of ['signing-secret', 'api-key']) {
    it(`still stores if it is the ${secret}’s`, async () => {
      let asked = 0;
      const stack = await startStack({
        secrets: { momentoApiKey: makeLegacyKey(), signingSecret: SECRET },
        momento: { caches: [CACHE] },
        faults: (operation, request) =>
          operation === 'GetSecretValue' && JSON.stringify(request).includes(`:${secret}`) && asked++ === 0
            ? { kind: 'apply-then-time-out' }
            : undefined,
      });
      const sender = new Sender(String(stack.outputs.webhookUrl), 1);
      try {
        const statuses: number[] = [];
        while (statuses.length < 3 && statuses.at(-1) !== 200)
          statuses.push((await sender.event(event(), SECRET)).status);
        // On a slow machine the first event may be given up before the second try is answered, but no later one.
        assert.equal(statuses.at(-1), 200, `answered ${statuses}`);
      } finally {
        sender.close();
        await stack.close();
      }
    });
  }
});

describe('the webhook whose signing secret is rotated during the fetch', () => {
  it('accepts the previous one, and not the one before that', async () => {
    const stack = await startStack({
      secrets: { momentoApiKey: makeLegacyKey(), signingSecret: 'first' },
      momento: { caches: [CACHE] },
    });
    const sender = new Sender(String(stack.outputs.webhookUrl), 1);
    const { SIGNING_SECRET_ARN: arn = '' } = stack.functionNamed('webhookFunctionName').environment;
    const rotate = (value: string) => stack.secrets.putSecretValue(arn, value);
    rotate('second');
    let rotations = 0;
    stack.setFaults((operation, request) => {
      if (operation !== 'GetSecretValue' || Object(request).SecretId !== arn) return undefined;
      // The current version was answered already, the previous one was not.
      if (Object(request).VersionStage === 'AWSPREVIOUS' && rotations++ === 0) rotate('third');
      return undefined;
    });
    try {
      for (const [secret, status] of [
        ['first', 403],
        ['second', 200],
        ['third', 200],
      ] as const)
        await answeredAtLast(status, async () => [await sender.event(event(), secret)]);
    } finally {
      sender.close();
      await stack.close();
    }
  });
});

describe('the webhook without a signing secret', () => {
  let stack: Stack;
  let sender: Sender;

  before(async () => {
    stack = await startStack({
      secrets: { momentoApiKey: makeLegacyKey(), signingSecret: SECRET },
      momento: { caches: [CACHE] },
    });
    const { SIGNING_SECRET_ARN: arn = '' } = stack.functionNamed('webhookFunctionName').environment;
    stack.secrets.declare([]); // forgets the value that the local stack generated
    stack.secrets.declare([{ arn, name: 'signing-secret', value: undefined }]);
    sender = new Sender(String(stack.outputs.webhookUrl), 1);
  });

  after(async () => {
    sender.close();
    await stack.close();
  });

  it('answers 503 with Retry-After to what looks signed, 403 to what does not, and fetches it ever more rarely', async () => {
    let asked = 0;
    stack.setFaults((operation) => {
      if (operation === 'GetSecretValue') asked++;
      return undefined;
    });
    const EVENTS = 40;
    for (let i = 0; i < EVENTS; i++) {
      const answer = await sender.signed('{}', SECRET);
      assert.equal(answer.status, 503);
      assert.match(String(answer.headers['retry-after']), /^\d+$/);
    }
    assert.equal((await sender.post(Buffer.from('{}'), {})).status, 403);
    assert.ok(asked < EVENTS / 2, `${asked} calls`);
  });
});
