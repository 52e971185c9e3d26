import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { accessLogOf } from '../../../../local/aws/api-gateway/access-log';
import type { Limits } from '../../../../local/aws/api-gateway/declared';
import { HttpApi } from '../../../../local/aws/api-gateway/http-api';
import type { Identity } from '../../../../local/aws/endpoint';
import { parsePolicy } from '../../../../local/aws/iam';
import { signedHeaders, signedPost } from '../../../../local/commands/signed-fetch';
import { type Fixture, functionsFixture } from '../lambda/fixture';

const ECHO = 'exports.handler = async (event) => ({ event });';
const ARN = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/$default';
const FORMAT =
  '{"route":"$context.routeKey","status":"$context.status","integrationStatus":"$context.integrationStatus",' +
  '"error":"$context.error.message","ip":"$context.identity.sourceIp"}';

function identity(accessKeyId: string, Resource: string, Action = 'execute-api:Invoke'): Identity {
  return {
    accessKeyId,
    secretAccessKey: `secret of ${accessKeyId}`,
    arn: `arn:aws:iam::123456789012:user/${accessKeyId}`,
    statements: parsePolicy({ Statement: { Effect: 'Allow', Action, Resource } }, accessKeyId),
  };
}

const caller = identity('AKIACALLER', `${ARN}/POST/comments`);
const ofOtherRoute = identity('AKIAOTHER', `${ARN}/POST/tokens`);
const ofFunctions = identity('AKIAFUNCTIONS', '*', 'lambda:InvokeFunction');

describe('an HTTP API', () => {
  let fixture: Fixture;
  let now: number;
  let access: Record<string, string>[];
  const apis: HttpApi[] = [];
  const events = new EventEmitter();
  beforeEach(() => {
    fixture = functionsFixture();
    now = Date.now();
    access = [];
  });
  afterEach(async () => {
    await Promise.all(apis.splice(0).map((api) => api.close()));
    await fixture.close();
  });

  interface Serving {
    throttle?: Limits;
    /** the route that the function's resource policy lets in */
    letsIn?: string;
  }

  /** An API with an open route, /webhook, and a guarded one, /comments, both to one function. */
  async function serve(source: string, { throttle, letsIn = '*' }: Serving = {}): Promise<string> {
    const api = await HttpApi.reserve('api', {
      findIdentity: (id) => [caller, ofOtherRoute, ofFunctions].find(({ accessKeyId }) => accessKeyId === id),
      now: () => now,
      onRequest: (request) => events.emit('request', request),
      onAccess: (line) => access.push(JSON.parse(line)),
    });
    apis.push(api);
    const hosted = fixture.host(source, { reservedConcurrency: 1 });
    const document = {
      Statement: {
        Effect: 'Allow',
        Principal: { '*': 'apigateway.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: '*',
        Condition: { ArnLike: { 'aws:SourceArn': `${ARN}/${letsIn}` } },
      },
    };
    api.serve({
      declared: {
        name: 'api',
        id: 'a1b2c3d4e5',
        routes: [
          { name: 'webhook', key: 'POST /webhook', auth: 'NONE', functionName: 'greeter' },
          { name: 'publisher', key: 'POST /comments', auth: 'AWS_IAM', functionName: 'greeter' },
        ],
        throttle: throttle ?? { rate: 1000, burst: 1000 },
        writeAccess: accessLogOf(FORMAT, 'stage api'),
      },
      find: () => hosted,
      resourcePolicies: new Map([['greeter', parsePolicy(document, 'test')]]),
    });
    return api.url.slice(0, -1);
  }

  async function answerOf(url: string, init: RequestInit = { method: 'POST' }) {
    const response = await fetch(url, init);
    return { status: response.status, body: await response.text() };
  }

  it('gives the handler the event of a Function URL, with the route and the account', async () => {
    const url = await serve(ECHO);
    const headers = { 'content-type': 'application/json', cookie: 'a=1; b=2', 'user-agent': 'tests' };
    const answered: unknown = await (
      await fetch(`${url}/webhook?x=1&x=2`, { method: 'POST', headers, body: '{"comment":"häh"}' })
    ).json();
    const { headers: received, requestContext, ...rest } = Object(Object(answered).event);
    assert.deepEqual(rest, {
      version: '2.0',
      routeKey: 'POST /webhook',
      rawPath: '/webhook',
      rawQueryString: 'x=1&x=2',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2' },
      body: '{"comment":"häh"}',
      isBase64Encoded: false,
    });
    assert.equal(received['user-agent'], 'tests');
    const { domainName, domainPrefix, requestId, time, http, ...context } = requestContext;
    assert.deepEqual(context, {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      routeKey: 'POST /webhook',
      stage: '$default',
      timeEpoch: now,
    });
    assert.deepEqual([http.method, http.path, http.sourceIp], ['POST', '/webhook', '127.0.0.1']);
  });

  it('tells how long INIT took with the first request of an instance, and not with the second', async () => {
    const url = await serve(ECHO);
    const answered = async () => {
      const [[request]] = await Promise.all([once(events, 'request'), answerOf(`${url}/webhook`)]);
      return request;
    };
    const { initMs, ms } = await answered();
    assert.ok(initMs > 0 && ms > 0, `${initMs}, ${ms}`);
    assert.equal('initMs' in (await answered()), false);
  });

  it('answers 404 itself where no route has the method and the path', async () => {
    const url = await serve(ECHO);
    for (const [method, path] of [
      ['GET', '/webhook'],
      ['OPTIONS', '/webhook'],
      ['POST', '/'],
      ['POST', '/webhook/'],
      ['POST', '/Webhook'],
      ['POST', '/webhook/x'],
    ] as const) {
      assert.deepEqual(await answerOf(`${url}${path}`, { method }), {
        status: 404,
        body: '{"message":"Not Found"}',
      });
    }
    assert.equal(access.length, 6);
    for (const { route, status, error } of access) {
      assert.deepEqual([route, status, error], ['-', '404', 'Not Found']);
    }
  });

  it('throttles each route by itself, and says so in its access log', async () => {
    const url = await serve(ECHO, { throttle: { rate: 2, burst: 3 } });
    const statuses = async (count: number) => {
      const all: number[] = [];
      for (let index = 0; index < count; index++) all.push((await answerOf(`${url}/webhook`)).status);
      return all;
    };
    assert.deepEqual(await statuses(5), [200, 200, 200, 429, 429]);
    assert.deepEqual(await answerOf(`${url}/webhook`), {
      status: 429,
      body: '{"message":"Too Many Requests"}',
    });
    const signed = { credentials: caller, region: 'us-east-1', body: '{}', service: 'execute-api' } as const;
    assert.equal((await signedPost(`${url}/comments`, signed)).status, 200);
    now += 1_000;
    assert.deepEqual(await statuses(3), [200, 200, 429]);
    const { route, status, integrationStatus, error } = access[3] ?? {};
    assert.deepEqual(
      [route, status, integrationStatus, error],
      ['POST /webhook', '429', '-', 'Too Many Requests'],
    );
  });

  it('calls a guarded route only for a signer whom IAM allows this route, signed for execute-api', async () => {
    const url = await serve(ECHO);
    const post = (more: object) =>
      signedPost(`${url}/comments`, {
        credentials: caller,
        region: 'us-east-1',
        body: '{}',
        service: 'execute-api',
        ...more,
      });
    const good = await post({});
    assert.equal(good.status, 200);
    const answered: unknown = await good.json();
    const { authorizer } = Object(Object(answered).event.requestContext);
    assert.equal(authorizer.iam.userArn, caller.arn);

    const refused = [
      await fetch(`${url}/comments`, { method: 'POST', body: '{}' }),
      await post({ service: 'lambda' }),
      await post({ region: 'eu-west-1' }),
      await post({ credentials: ofOtherRoute }),
      await post({ credentials: ofFunctions }),
      await post({ credentials: { ...caller, secretAccessKey: 'wrong' } }),
      await post({ signingDate: new Date(now - 3_600_000) }),
      await fetch(`${url}/comments`, { method: 'POST', headers: { authorization: 'nonsense' } }),
    ];
    const headers = await signedHeaders(`${url}/comments`, {
      credentials: caller,
      region: 'us-east-1',
      body: '{}',
      service: 'execute-api',
    });
    refused.push(await fetch(`${url}/comments`, { method: 'POST', headers, body: '{"other":1}' }));
    for (const response of refused) {
      assert.deepEqual([response.status, await response.text()], [403, '{"message":"Forbidden"}']);
    }
  });

  it('invokes a function only by a route that its resource policy names', async () => {
    const url = await serve(ECHO, { letsIn: 'POST/comments' });
    const internal = { status: 500, body: '{"message":"Internal Server Error"}' };
    assert.deepEqual(await answerOf(`${url}/webhook`), internal);
    const signed = { credentials: caller, region: 'us-east-1', body: '{}', service: 'execute-api' } as const;
    assert.equal((await signedPost(`${url}/comments`, signed)).status, 200);
  });

  it('answers 500 for a function that fails or gives no valid answer, and 503 for one that is throttled', async () => {
    const failing = await serve('exports.handler = async () => { throw new Error("no"); };');
    assert.deepEqual(await answerOf(`${failing}/webhook`), {
      status: 500,
      body: '{"message":"Internal Server Error"}',
    });
    const malformed = await serve('exports.handler = async () => ({ statusCode: "many" });');
    assert.equal((await answerOf(`${malformed}/webhook`)).status, 500);
    const slow = await serve('exports.handler = () => new Promise((done) => setTimeout(done, 300, {}));');
    const both = await Promise.all([answerOf(`${slow}/webhook`), answerOf(`${slow}/webhook`)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 503]);
    assert(both.some(({ body }) => body === '{"message":"Service Unavailable"}'));
  });

  it('passes on status, headers and cookies of the handler’s answer, and logs its status', async () => {
    const url = await serve(
      'exports.handler = async () => ({ statusCode: 422, headers: { "X-Request-Id": "1" }, cookies: ["a=1"], body: "{}" });',
    );
    const response = await fetch(`${url}/webhook`, { method: 'POST' });
    assert.deepEqual([response.status, response.headers.get('x-request-id')], [422, '1']);
    assert.deepEqual(response.headers.getSetCookie(), ['a=1']);
    assert.match(response.headers.get('apigw-requestid') ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(access, [
      { route: 'POST /webhook', status: '422', integrationStatus: '422', error: '-', ip: '127.0.0.1' },
    ]);
  });

  it('refuses a body above Lambda’s six megabytes or its own ten with 413', async () => {
    const url = await serve('exports.handler = async () => ({});');
    for (const megabytes of [7, 11]) {
      const status = await new Promise<number | undefined>((done, failed) => {
        const sent = httpRequest(`${url}/webhook`, { method: 'POST' }, (response) => {
          response.resume();
          done(response.statusCode);
        });
        sent.on('error', failed);
        sent.end(Buffer.alloc(megabytes * 1024 * 1024, 'a'));
      });
      assert.equal(status, 413, `${megabytes} MB`);
    }
    assert.equal((await answerOf(`${url}/webhook`)).status, 200, 'later requests are served');
  });

  it('writes no text of a request into its access log', async () => {
    const url = await serve(ECHO);
    const headers = { 'x-secret': 'of-somebody', 'user-agent': 'of-somebody', cookie: 'of-somebody=1' };
    await fetch(`${url}/of-somebody?of-somebody=1`, { method: 'POST', headers, body: 'of-somebody' });
    await fetch(`${url}/webhook?of-somebody=1`, { method: 'POST', headers, body: 'of-somebody' });
    assert.equal(access.length, 2);
    assert(!JSON.stringify(access).includes('of-somebody'));
  });
});
