// API Gateway's event, as AWS documents it, is to the handlers the event of a Function URL. Where it differs, nothing depends on it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
import assert from 'node:assert/strict';
import { SIGNATURE_HEADER, sign } from '../../handlers/core/signature';
import { type Stack, startStack } from '../../local/stack';
import { Sender } from '../sender';

const SECRET = 'the-signing-secret';
const CACHE = 'course-comments-dev';

/** The documented example, with all that may be in an event: a client's certificate, a JWT's claims, variables of the stage. */
const DOCUMENTED = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/my/path',
  rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=value',
  cookies: ['cookie1', 'cookie2'],
  headers: { header1: 'value1', header2: 'value1,value2' },
  queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'api-id',
    authentication: {
      clientCert: {
        clientCertPem: 'CERT_CONTENT',
        subjectDN: 'www.example.com',
        issuerDN: 'Example issuer',
        serialNumber: 'a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1',
        validity: { notBefore: 'May 28 12:30:02 2019 GMT', notAfter: 'Aug  5 09:36:04 2021 GMT' },
      },
    },
    authorizer: { jwt: { claims: { claim1: 'value1', claim2: 'value2' }, scopes: ['scope1', 'scope2'] } },
    domainName: 'id.execute-api.us-east-1.amazonaws.com',
    domainPrefix: 'id',
    http: {
      method: 'POST',
      path: '/my/path',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'agent',
    },
    requestId: 'id',
    routeKey: '$default',
    stage: '$default',
    time: '12/Mar/2020:19:03:58 +0000',
    timeEpoch: 1583348638390,
  },
  body: 'Hello from Lambda',
  pathParameters: { parameter1: 'value1' },
  isBase64Encoded: false,
  stageVariables: { stageVariable1: 'value1', stageVariable2: 'value2' },
};

/** What API Gateway adds to the context of a route with IAM. */
const IAM = {
  iam: {
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    accountId: '123456789012',
    callerId: 'AIDACKCEVSQ6C2EXAMPLE',
    cognitoIdentity: null,
    principalOrgId: 'aws:PrincipalOrgID',
    userArn: 'arn:aws:iam::123456789012:user/backend',
    userId: 'AIDACKCEVSQ6C2EXAMPLE',
  },
};

interface Posted {
  readonly body: string;
  readonly headers?: Record<string, string>;
  readonly base64?: boolean;
  readonly stage?: string;
  readonly authorizer?: object;
  readonly timeEpoch?: number;
}

function eventOf({ body, headers, base64 = false, stage = '$default', authorizer, timeEpoch }: Posted) {
  const path = stage === '$default' ? '/webhook' : `/${stage}/webhook`; // a named stage is part of the path
  const { requestContext } = DOCUMENTED;
  return {
    ...DOCUMENTED,
    routeKey: 'POST /webhook',
    rawPath: path,
    headers: { ...DOCUMENTED.headers, 'content-type': 'application/json', ...headers },
    requestContext: {
      ...requestContext,
      ...(authorizer && { authorizer }),
      http: { ...requestContext.http, path },
      routeKey: 'POST /webhook',
      stage,
      timeEpoch: timeEpoch ?? Date.now(),
    },
    body: base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: base64,
  };
}

describe('an event of API Gateway', () => {
  let stack: Stack;
  let sequence = 0;

  before(async () => {
    stack = await startStack({ secrets: { signingSecret: SECRET }, momento: { caches: [CACHE] } });
    const sender = new Sender(String(stack.outputs.webhookUrl), 1);
    await sender.warm(1);
    sender.close();
  });
  after(() => stack.close());

  const momentosEvent = () =>
    JSON.stringify({
      cache: CACHE,
      topic: 'comment',
      event_timestamp: Date.now(),
      publish_timestamp: Date.now(),
      topic_sequence_number: ++sequence,
      token_id: 'taylor',
      text: JSON.stringify({ comment: 'hällo', courseId: 1 }),
    });
  const signatureOf = (body: string) => ({ [SIGNATURE_HEADER]: sign(Buffer.from(body), SECRET) });
  const answerOf = async (output: string, event: object) => {
    const answer: unknown = await stack.invoke(String(stack.outputs[output]), event);
    const { statusCode, body } = Object(answer);
    return [statusCode, body];
  };
  const handled = (more: Partial<Posted> = {}) => {
    const body = more.body ?? momentosEvent();
    return answerOf('webhookFunctionName', eventOf({ body, headers: signatureOf(body), ...more }));
  };

  it('is verified and stored by the webhook, whatever else is in it', async () => {
    assert.deepEqual(await handled(), [200, '{}']);
  });

  it('may come from a named stage, which is then part of its path', async () => {
    assert.deepEqual(await handled({ stage: 'prod' }), [200, '{}']);
  });

  it('may have its body in base64, and the signature is of the bytes', async () => {
    assert.deepEqual(await handled({ base64: true }), [200, '{}']);
    const body = momentosEvent();
    const other = signatureOf(Buffer.from(body).toString('base64'));
    assert.deepEqual(await handled({ body, base64: true, headers: other }), [
      403,
      '{"message":"Access Denied!"}',
    ]);
  });

  it('with a signature that was sent twice has both in one field, and is refused', async () => {
    const body = momentosEvent();
    const { [SIGNATURE_HEADER]: one = '' } = signatureOf(body);
    const headers = { [SIGNATURE_HEADER]: `${one},${one}` };
    assert.deepEqual(await handled({ body, headers }), [403, '{"message":"Access Denied!"}']);
  });

  it('that waited long before the function is handled in full', async () => {
    assert.deepEqual(await handled({ timeEpoch: DOCUMENTED.requestContext.timeEpoch }), [200, '{}']);
  });

  it('without a body is refused as unsigned, as it has none in the event', async () => {
    const { body, ...event } = eventOf({ body: '' });
    assert.deepEqual(await answerOf('webhookFunctionName', event), [403, '{"message":"Access Denied!"}']);
  });

  it('publishes and vends, with the signer of an AWS_IAM route in its context', async () => {
    const posted = (input: object) => eventOf({ body: JSON.stringify(input), authorizer: IAM });
    const comment = { userId: 'taylor', courseId: 1, comment: 'hello' };
    assert.deepEqual(await answerOf('publisherFunctionName', posted(comment)), [200, '{}']);
    const [status, body] = await answerOf('tokensFunctionName', posted({ userId: 'taylor' }));
    assert.equal(status, 200);
    assert(JSON.parse(body).authToken);
    assert.equal((await answerOf('publisherFunctionName', posted({ ...comment, userId: '' })))[0], 422);
  });

  it('is a request and no direct invocation, so that its fields are never taken for a message', async () => {
    const event = {
      ...eventOf({ body: '{}', authorizer: IAM }),
      userId: 'mallory',
      courseId: 1,
      comment: 'forged',
    };
    assert.equal((await answerOf('publisherFunctionName', event))[0], 422);
  });
});
