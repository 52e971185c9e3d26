// The token service's contract: its real bundle, invoked through its URL and directly, and what its tokens allow.
import assert from 'node:assert/strict';
import {
  CacheClient,
  CacheGetResponse,
  Configurations,
  CredentialProvider,
  MomentoErrorCode,
  TopicClient,
  TopicConfigurations,
  TopicPublishResponse,
  TopicSubscribeResponse,
} from '@gomomento/sdk';
import { makeLegacyKey } from 'local-momento';
import * as v from 'valibot';
import { signedPost } from '../../local/commands/signed-fetch';
import { type Stack, startStack } from '../../local/stack';

const CACHE = 'course-comments-dev';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const vended = v.strictObject({
  authToken: v.string(),
  endpoint: v.string(),
  expiresAt: v.number(),
  cacheName: v.literal(CACHE),
  topicName: v.literal('comment'),
});
type Vended = v.InferOutput<typeof vended>;

describe('the token service', () => {
  let stack: Stack;

  before(async () => {
    stack = await startStack({
      config: { tokenTtlMinutes: '7' },
      secrets: { momentoApiKey: makeLegacyKey(), signingSecret: 'unused' },
      momento: { caches: [CACHE] },
    });
  });
  beforeEach(() => stack.setFaults(undefined));
  after(() => stack.close());

  interface Answer {
    status: number;
    requestId: unknown;
    body: Record<string, unknown>;
  }
  const ask = async (body: string, credentials = stack.credentials): Promise<Answer> => {
    const url = String(stack.outputs.tokensUrl);
    const response = await signedPost(url, { credentials, region: stack.region, body });
    const requestId = response.headers.get('x-request-id');
    return { status: response.status, requestId, body: Object(await response.json()) };
  };
  const throughUrl = (payload: unknown) => ask(JSON.stringify(payload));
  const directly = async (payload: unknown): Promise<Answer> => {
    const answer = Object(await stack.invoke(String(stack.outputs.tokensFunctionName), payload));
    return {
      status: answer.statusCode,
      requestId: answer.headers['x-request-id'],
      body: JSON.parse(answer.body),
    };
  };
  const tokenOf = async (userId: string): Promise<Vended> =>
    v.parse(vended, (await throughUrl({ userId })).body);
  const credentialsOf = ({ authToken }: Vended) => {
    const local = `127.0.0.1:${stack.momento.port}`;
    const endpoints = { cacheEndpoint: local, controlEndpoint: local, tokenEndpoint: local };
    return CredentialProvider.fromDisposableToken({
      apiKey: authToken,
      endpointOverrides: { ...endpoints, secureConnection: false },
    });
  };
  const topicsWith = (token: Vended) =>
    new TopicClient({
      configuration: TopicConfigurations.Default.latest(),
      credentialProvider: credentialsOf(token),
    });

  it('asks once more if Momento does not answer', async () => {
    let asked = 0;
    stack.setFaults((operation) =>
      operation === 'GenerateDisposableToken' && asked++ === 0 ? { kind: 'apply-then-time-out' } : undefined,
    );
    assert.equal((await directly({ userId: 'taylor' })).status, 200);
    assert.equal(asked, 2);
  });

  for (const [way, request] of [
    ['through its URL', throughUrl],
    ['invoked directly', directly],
  ] as const) {
    describe(way, () => {
      it('gives a token, how long it lasts, and where to publish with it', async () => {
        const before = Date.now();
        const { status, requestId, body } = await request({ userId: 'taylor' });
        assert.equal(status, 200);
        assert.match(String(requestId), UUID);
        const { expiresAt } = v.parse(vended, body);
        const minutes = (expiresAt - before) / 60_000;
        assert.ok(minutes > 6.9 && minutes < 7.1, `${minutes} minutes`);
      });

      it('answers 422 and names every field that is wrong, and never the input', async () => {
        const rows: [unknown, RegExp][] = [
          [{}, /^userId is missing$/],
          [{ userId: 7 }, /^userId must be a string of 1 to 64 characters that is not blank$/],
          [{ userId: '' }, /^userId must be a string of 1 to 64 characters that is not blank$/],
          [
            { userId: 'evil'.repeat(17) },
            /^userId must be a string of 1 to 64 characters that is not blank$/,
          ],
          [{ userId: 'evil\ud800' }, /^userId must be well-formed Unicode$/],
          [[], /^userId is missing$|^body must be an object$/],
        ];
        for (const [payload, expected] of rows) {
          const { status, body, requestId } = await request(payload);
          assert.equal(status, 422);
          assert.match(String(body.message), expected);
          assert.doesNotMatch(String(body.message), /evil/);
          assert.match(String(requestId), UUID);
        }
      });

      it('answers 503 if Momento is out of reach, and 502 if it refuses', async () => {
        for (const [kind, status] of [
          ['refuse', 503],
          ['throttle', 502],
        ] as const) {
          stack.setFaults((operation) => (operation === 'GenerateDisposableToken' ? { kind } : undefined));
          assert.equal((await request({ userId: 'taylor' })).status, status, kind);
        }
      });
    });
  }

  it('answers 405 to anything but POST, 413 to more than 64 KiB, and 422 to what is not JSON', async () => {
    const get = { requestContext: { http: { method: 'GET' } }, headers: {} };
    assert.deepEqual((await directly(get)).status, 405);
    assert.equal((await ask('x'.repeat(64 * 1024 + 1))).status, 413);
    assert.equal((await ask('{')).status, 422);
  });

  it('refuses callers who do not sign, or who sign with another key', async () => {
    const body = JSON.stringify({ userId: 'taylor' });
    const unsigned = await fetch(String(stack.outputs.tokensUrl), { method: 'POST', body });
    assert.equal(unsigned.status, 403);
    const stranger = { ...stack.credentials, secretAccessKey: 'another' };
    assert.equal((await ask(body, stranger)).status, 403);
  });

  it('vends a token with its full lifetime each time, so a page that is reloaded can start over', async () => {
    let asked = 0;
    stack.setFaults((operation) => {
      if (operation === 'GenerateDisposableToken') asked++;
      return undefined;
    });
    await tokenOf('taylor');
    await tokenOf('taylor');
    assert.equal(asked, 2);
  });

  it('vends tokens that publish to the topic under their user’s id, whatever the message says', async () => {
    const identities: string[] = [];
    const listener = ({ tokenId }: { tokenId: string }) => identities.push(tokenId);
    stack.momento.on('published', listener);
    const topics = topicsWith(await tokenOf('taylor'));
    const forged = JSON.stringify({ comment: 'c', courseId: 1, userId: 'robin', token_id: 'robin' });
    const answer = await topics.publish(CACHE, 'comment', forged);
    stack.momento.off('published', listener);
    assert.equal(answer.type, TopicPublishResponse.Success);
    assert.deepEqual(identities, ['taylor']);
  });

  it('vends tokens that can do nothing else', async () => {
    const token = await tokenOf('taylor');
    const topics = topicsWith(token);
    const elsewhere = await topics.publish(CACHE, 'another', 'text');
    assert.ok(elsewhere.type === TopicPublishResponse.Error);
    assert.equal(elsewhere.errorCode(), MomentoErrorCode.PERMISSION_ERROR);
    const reading = await topics.subscribe(CACHE, 'comment', { onItem() {}, onError() {} });
    assert.ok(reading.type === TopicSubscribeResponse.Error);
    assert.equal(reading.errorCode(), MomentoErrorCode.PERMISSION_ERROR);
    const cache = new CacheClient({
      configuration: Configurations.Laptop.latest(),
      credentialProvider: credentialsOf(token),
      defaultTtlSeconds: 60,
    });
    const got = await cache.get(CACHE, 'anything');
    cache.close();
    assert.ok(got.type === CacheGetResponse.Error);
    assert.equal(got.errorCode(), MomentoErrorCode.PERMISSION_ERROR);
  });

  it('continues with another API key once the old one is refused', async () => {
    await tokenOf('taylor');
    const { API_KEY_SECRET_ARN } = stack.functionNamed('tokensFunctionName').environment;
    const next = makeLegacyKey();
    stack.momento.setApiKeys([next]);
    stack.secrets.putSecretValue(String(API_KEY_SECRET_ARN), next);
    assert.equal((await throughUrl({ userId: 'taylor' })).status, 200);
  });

  it('writes neither the user id nor the token to its log', async () => {
    const lines: string[] = [];
    const listener = ({ line }: { line: string }) => lines.push(line);
    stack.events.on('log', listener);
    const { authToken } = await tokenOf('secret-user');
    stack.events.off('log', listener);
    const log = lines.join('\n');
    assert.match(log, /"outcome":"vended"/);
    assert.ok(!log.includes('secret-user') && !log.includes(authToken));
  });
});
