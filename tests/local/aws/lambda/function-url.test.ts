import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { DeclaredUrl } from '../../../../local/aws/declared';
import type { Identity } from '../../../../local/aws/endpoint';
import { parsePolicy } from '../../../../local/aws/iam';
import { type AnsweredRequest, FunctionUrl } from '../../../../local/aws/lambda/function-url';
import { signedHeaders, signedPost } from '../../../../local/commands/signed-fetch';
import { type Fixture, functionsFixture } from './fixture';

const ECHO = 'exports.handler = async (event) => ({ event });';
const FORBIDDEN = /^\{"Message":"Forbidden\. For troubleshooting/;
const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:greeter';

const publicStatements = parsePolicy(
  {
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'lambda:InvokeFunctionUrl',
        Resource: ARN,
        Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
      },
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'lambda:InvokeFunction',
        Resource: ARN,
        Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
      },
    ],
  },
  'test',
);

function identity(accessKeyId: string, actions: string[]): Identity {
  const statements = actions.map((Action) => ({ Effect: 'Allow', Action, Resource: ARN }));
  return {
    accessKeyId,
    secretAccessKey: `secret of ${accessKeyId}`,
    arn: `arn:aws:iam::123456789012:user/${accessKeyId}`,
    statements: parsePolicy({ Statement: statements }, accessKeyId),
  };
}

const both = identity('AKIABOTH', ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction']);
const urlOnly = identity('AKIAURL', ['lambda:InvokeFunctionUrl']);
const invokeOnly = identity('AKIAINVOKE', ['lambda:InvokeFunction']);

describe('a Function URL', () => {
  let fixture: Fixture;
  const urls: FunctionUrl[] = [];
  /** Emits `request` when a request is answered. */
  const events = new EventEmitter<{ request: [AnsweredRequest] }>();
  beforeEach(() => {
    fixture = functionsFixture();
  });
  afterEach(async () => {
    await Promise.all(urls.splice(0).map((url) => url.close()));
    await fixture.close();
  });

  async function serve(
    source: string,
    auth: DeclaredUrl['auth'] = 'NONE',
    resourcePolicy = publicStatements,
  ) {
    const url = await FunctionUrl.reserve('greeter', {
      findIdentity: (id) => [both, urlOnly, invokeOnly].find(({ accessKeyId }) => accessKeyId === id),
      now: Date.now,
      onRequest: (request) => events.emit('request', request),
    });
    urls.push(url);
    const declared = { name: 'greeter', functionName: 'greeter', auth };
    url.serve({ declared, hosted: fixture.host(source, { reservedConcurrency: 1 }), resourcePolicy });
    return url.url;
  }

  it('tells how long INIT took with the first request of an instance, and not with the second', async () => {
    const url = await serve(ECHO);
    const answered = async () => {
      const [[request]] = await Promise.all([once(events, 'request'), fetch(url)]);
      return request;
    };
    const { initMs, ms } = await answered();
    assert.ok(initMs > 0 && ms > 0, `${initMs}, ${ms}`);
    assert.equal('initMs' in (await answered()), false);
  });

  async function eventOf(address: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
    const answered: unknown = await (await fetch(address, init)).json();
    assert.ok(answered !== null && typeof answered === 'object' && 'event' in answered);
    const { event } = answered;
    assert.ok(event !== null && typeof event === 'object');
    return { ...event };
  }

  it('gives the handler payload 2.0', async () => {
    const url = await serve(ECHO);
    const event = await eventOf(`${url}a%20b/c?x=1&x=2&y=%26`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Thing': 'One',
        cookie: 'a=1; b=2',
        'user-agent': 'tests',
      },
      body: '{"comment":"häh"}',
    });
    const { headers, requestContext, ...rest } = event;
    assert.deepEqual(rest, {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%20b/c',
      rawQueryString: 'x=1&x=2&y=%26',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2', y: '&' },
      body: '{"comment":"häh"}',
      isBase64Encoded: false,
    });
    assert.ok(headers !== null && typeof headers === 'object');
    assert.equal(Reflect.get(headers, 'x-thing'), 'One');
    assert.equal(Reflect.get(headers, 'x-forwarded-for'), '127.0.0.1');
    assert.match(Reflect.get(headers, 'x-amzn-trace-id'), /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    assert.ok(requestContext !== null && typeof requestContext === 'object');
    assert.deepEqual(Reflect.get(requestContext, 'http'), {
      method: 'POST',
      path: '/a%20b/c',
      protocol: 'HTTP/1.1',
      sourceIp: '127.0.0.1',
      userAgent: 'tests',
    });
    assert.ok(Math.abs(Reflect.get(requestContext, 'timeEpoch') - Date.now()) < 10_000);
    assert.match(Reflect.get(requestContext, 'time'), /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  });

  it('gives a body in base64 if its type is not text, or if its bytes are not UTF-8', async () => {
    const url = await serve(ECHO);
    const bytes = Buffer.from([0xff, 0x00, 0x80]);
    for (const type of [
      'application/octet-stream',
      'application/x-www-form-urlencoded',
      'application/json',
    ]) {
      const event = await eventOf(url, { method: 'POST', headers: { 'content-type': type }, body: bytes });
      assert.deepEqual([event.body, event.isBase64Encoded], [bytes.toString('base64'), true], type);
    }
  });

  it("translates the handler's result: status, headers, cookies, a body in base64, or a plain value", async () => {
    const url = await serve(`exports.handler = async ({ rawPath }) => ({
      '/full': { statusCode: 201, headers: { 'X-N': 1 }, cookies: ['a=1', 'b=2'], body: 'AP8=', isBase64Encoded: true },
      '/plain': { stored: true },
      '/text': 'hello',
    })[rawPath];`);
    const full = await fetch(`${url}full`);
    assert.equal(full.status, 201);
    assert.equal(full.headers.get('x-n'), '1');
    assert.deepEqual(full.headers.getSetCookie(), ['a=1', 'b=2']);
    assert.deepEqual([...new Uint8Array(await full.arrayBuffer())], [0, 255]);
    const plain = await fetch(`${url}plain`);
    assert.deepEqual([plain.status, plain.headers.get('content-type')], [200, 'application/json']);
    assert.equal(await plain.text(), '{"stored":true}');
    assert.equal(await (await fetch(`${url}text`)).text(), '"hello"');
  });

  it('answers 502 without the cause if the function fails or its result is no response', async () => {
    const url = await serve(`exports.handler = async ({ rawPath }) => {
      if (rawPath === '/throw') throw new Error('secret cause');
      if (rawPath === '/exit') process.exit(1);
      return { statusCode: 'many' };
    };`);
    for (const path of ['throw', 'exit', 'wrong']) {
      const response = await fetch(url + path);
      assert.deepEqual([response.status, await response.text()], [502, 'Internal Server Error'], path);
    }
  });

  it('answers 429 beyond the reserved concurrency and 413 beyond 6 MB', async () => {
    const url = await serve('exports.handler = () => new Promise((done) => setTimeout(done, 300, {}));');
    const statuses = await Promise.all([1, 2].map(async () => (await fetch(url)).status));
    assert.deepEqual(statuses.sort(), [200, 429]);
    assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(6 * 1024 * 1024 + 1) })).status, 413);
  });

  it('is public only if both statements are declared', async () => {
    for (const policy of [[], publicStatements.slice(0, 1), publicStatements.slice(1)]) {
      const response = await fetch(await serve(ECHO, 'NONE', policy));
      assert.equal(response.status, 403);
      assert.equal(response.headers.get('x-amzn-errortype'), 'AccessDeniedException');
      assert.match(await response.text(), FORBIDDEN);
    }
    assert.equal((await fetch(await serve(ECHO))).status, 200);
  });

  it('with AWS_IAM admits a signer who may do both actions, and tells the handler who it is', async () => {
    const url = await serve(ECHO, 'AWS_IAM', []);
    const post = async (credentials: Identity) => {
      const response = await signedPost(url, { credentials, region: 'us-east-1', body: '{"a":1}' });
      return { status: response.status, text: await response.text() };
    };
    const allowed = await post(both);
    assert.equal(allowed.status, 200);
    assert.match(allowed.text, /"authorizer":\{"iam":\{"accessKey":"AKIABOTH"/);
    for (const credentials of [urlOnly, invokeOnly]) {
      const { status, text } = await post(credentials);
      assert.equal(status, 403);
      assert.match(text, FORBIDDEN);
    }
  });

  it('with AWS_IAM refuses requests that are unsigned, wrongly signed, too old, or changed on the way', async () => {
    const url = await serve(ECHO, 'AWS_IAM', publicStatements);
    const body = '{"userId":"taylor"}';
    const post = (credentials: Identity, signingDate = new Date()) =>
      signedPost(url, { credentials, region: 'us-east-1', body, signingDate });
    /** Signs one body and sends another with the same headers, with and without the body's hash. */
    const changed = async (applyChecksum: boolean) => {
      const request = { credentials: both, region: 'us-east-1', body, applyChecksum };
      const headers = await signedHeaders(url, request);
      return (await fetch(url, { method: 'POST', headers, body: body.replace('taylor', 'kaylor') })).status;
    };
    const statuses = [
      (await fetch(url, { method: 'POST', body })).status,
      (await post({ ...both, secretAccessKey: 'wrong' })).status,
      (await post({ ...both, accessKeyId: 'AKIANOBODY' })).status,
      (await post(both, new Date(Date.now() - 6 * 60_000))).status,
      (await post(both, new Date(Date.now() + 6 * 60_000))).status,
      await changed(true),
      await changed(false),
    ];
    assert.deepEqual(statuses, [403, 403, 403, 403, 403, 403, 403]);
    assert.equal((await post(both)).status, 200);
  });
});
