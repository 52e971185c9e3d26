// The publisher's contract, row by row: its real bundle, invoked through its URL and directly.
import assert from 'node:assert/strict';
import { makeLegacyKey, makeV2Key } from 'local-momento';
import { signedPost } from '../../local/commands/signed-fetch';
import { type Stack, startStack } from '../../local/stack';

const CACHE = 'course-comments-dev';

interface Answer {
  status: number;
  message: unknown;
  requestId: unknown;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('the publisher', () => {
  let stack: Stack;
  const published: { tokenId: string; text: string }[] = [];

  before(async () => {
    stack = await startStack({
      secrets: { momentoApiKey: makeLegacyKey(), signingSecret: 'unused' },
      momento: { caches: [CACHE] },
    });
    stack.momento.on('published', ({ tokenId, text }) => published.push({ tokenId, text: String(text) }));
  });

  beforeEach(() => {
    stack.setFaults(undefined);
    published.length = 0;
  });

  after(() => stack.close());

  const throughUrl = async (body: unknown): Promise<Answer> => {
    const response = await post(typeof body === 'string' ? body : JSON.stringify(body));
    const requestId = response.headers.get('x-request-id');
    return { status: response.status, message: JSON.parse(await response.text()).message, requestId };
  };
  const post = (body: string, credentials = stack.credentials) =>
    signedPost(String(stack.outputs.publisherUrl), { credentials, region: stack.region, body });
  const directly = async (payload: unknown): Promise<Answer> => {
    const answer = Object(await stack.invoke(String(stack.outputs.publisherFunctionName), payload));
    const requestId: unknown = answer.headers['x-request-id'];
    return { status: answer.statusCode, message: JSON.parse(answer.body).message, requestId };
  };
  const ok = { userId: 'taylor', courseId: 123, comment: 'hello' };

  for (const [way, publish] of [
    ['through its URL', throughUrl],
    ['invoked directly', directly],
  ] as const) {
    describe(way, () => {
      it('publishes the message under the user’s own token, and answers 200', async () => {
        const { requestId, ...answer } = await publish(ok);
        assert.deepEqual(answer, { status: 200, message: undefined });
        const text = JSON.stringify({ comment: 'hello', courseId: 123, requestId });
        assert.deepEqual(published, [{ tokenId: 'taylor', text }]);
      });

      it('gives every answer a request id of its own', async () => {
        const answers = [await publish(ok), await publish(ok), await publish({})];
        for (const { requestId } of answers) assert.match(String(requestId), UUID);
        assert.equal(new Set(answers.map(({ requestId }) => requestId)).size, 3);
      });

      it('answers 422 and names every field that is wrong, and never the input', async () => {
        const rows: [unknown, RegExp][] = [
          [{}, /userId is missing; comment is missing; courseId is missing/],
          [
            { ...ok, userId: 'evil'.repeat(17) },
            /^userId must be a string of 1 to 64 characters that is not blank$/,
          ],
          [{ ...ok, userId: '', courseId: 'evil\n' }, /^userId must be .*; courseId must be/],
          [{ ...ok, courseId: ' ' }, /^courseId must be .* not blank/],
          [{ ...ok, comment: 5 }, /^comment must be/],
          [{ ...ok, comment: 'evil'.repeat(1024) }, /^comment is too long/],
        ];
        for (const [body, expected] of rows) {
          const { status, message } = await publish(body);
          assert.equal(status, 422);
          assert.match(String(message), expected);
          assert.doesNotMatch(String(message), /evil/);
        }
        assert.deepEqual(published, []);
      });

      it('answers 503 if Momento is out of reach, and 502 if it refuses', async () => {
        for (const [operation, kind, status] of [
          ['Publish', 'refuse', 503],
          ['Publish', 'throttle', 502],
          ['GenerateDisposableToken', 'refuse', 503],
          ['GenerateDisposableToken', 'throttle', 502],
        ] as const) {
          stack.setFaults((name) => (name === operation ? { kind } : undefined));
          const userId = `new-${way}-${operation}-${kind}`.slice(0, 64);
          assert.equal((await publish({ ...ok, userId })).status, status, `${operation} ${kind}`);
        }
      });
    });
  }

  it('answers 405 to anything but POST, 413 to more than 64 KiB, and 422 to what is not JSON', async () => {
    const put = { requestContext: { http: { method: 'PUT' } }, headers: {}, body: JSON.stringify(ok) };
    const refused = await directly(put);
    assert.deepEqual([refused.status, refused.message], [405, 'Only POST is allowed']);
    assert.equal((await throughUrl('x'.repeat(64 * 1024 + 1))).status, 413);
    const malformed = await throughUrl('{');
    assert.deepEqual([malformed.status, malformed.message], [422, 'body must be JSON']);
  });

  it('refuses callers who do not sign, or who sign with another key', async () => {
    const url = String(stack.outputs.publisherUrl);
    assert.equal((await fetch(url, { method: 'POST', body: JSON.stringify(ok) })).status, 403);
    const stranger = { ...stack.credentials, secretAccessKey: 'another' };
    assert.equal((await post(JSON.stringify(ok), stranger)).status, 403);
    assert.deepEqual(published, []);
  });

  it('answers 503 if the publish gets no answer, because it may have been published', async () => {
    assert.equal((await directly(ok)).status, 200);
    stack.setFaults((operation) => (operation === 'Publish' ? { kind: 'apply-then-time-out' } : undefined));
    assert.equal((await directly(ok)).status, 503);
    assert.equal(published.length, 2);
  });

  it('asks for one token per user, and keeps it', async () => {
    let vended = 0;
    stack.setFaults((operation) => {
      if (operation === 'GenerateDisposableToken') vended++;
      return undefined;
    });
    for (const userId of ['one', 'two', 'one', 'two', 'one'])
      assert.equal((await directly({ ...ok, userId })).status, 200);
    assert.equal(vended, 2);
    assert.deepEqual(
      published.map(({ tokenId }) => tokenId),
      ['one', 'two', 'one', 'two', 'one'],
    );
  });

  it('continues with another API key and new tokens once the old key is refused', async () => {
    assert.equal((await directly(ok)).status, 200);
    const { API_KEY_SECRET_ARN } = stack.functionNamed('publisherFunctionName').environment;
    const next = makeLegacyKey();
    stack.momento.setApiKeys([next]);
    stack.secrets.putSecretValue(String(API_KEY_SECRET_ARN), next);
    assert.equal((await directly(ok)).status, 200);
    assert.equal((await directly({ ...ok, userId: 'new' })).status, 200);
    assert.deepEqual(
      published.map(({ tokenId }) => tokenId),
      ['taylor', 'taylor', 'new'],
    );
  });
});

describe('the handlers with a v2 API key', () => {
  it('vend, publish, verify and store', async () => {
    const stack = await startStack({
      config: { momentoEndpoint: 'cell-1-us-east-1-1.prod.a.momentohq.com' },
      secrets: { momentoApiKey: makeV2Key() },
    });
    try {
      const answered = new Promise<number>((resolve) => {
        stack.events.on('request', ({ url, status }) => url === 'webhook' && resolve(status));
      });
      const payload = { userId: 'taylor', courseId: 1, comment: 'c' };
      await stack.invoke(String(stack.outputs.publisherFunctionName), payload);
      assert.equal(await answered, 200);
    } finally {
      await stack.close();
    }
  });
});
