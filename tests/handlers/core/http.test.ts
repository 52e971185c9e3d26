import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AccessDenied,
  BadGateway,
  BodyTooLarge,
  MethodNotAllowed,
  StaleEvent,
  Unavailable,
  Unprocessable,
} from '../../../handlers/core/errors';
import { failure, isUrlRequest, postedBytes, success, type UrlRequest } from '../../../handlers/core/http';

const request = (changes: Partial<UrlRequest> = {}, method = 'POST'): UrlRequest => ({
  requestContext: { http: { method } },
  headers: {},
  ...changes,
});

describe('a payload', () => {
  it('came through a Function URL if it has both a method and headers', () => {
    assert.equal(isUrlRequest(request()), true);
    assert.equal(isUrlRequest(request({}, 'GET')), true);
  });

  it('is a direct invocation if either is missing or of another type', () => {
    for (const payload of [
      {},
      { requestContext: { http: { method: 'POST' } } },
      { requestContext: { http: { method: 'POST' } }, headers: 'none' },
      { headers: {} },
      { requestContext: null, headers: {} },
      { requestContext: 'x', headers: {} },
      { requestContext: { http: null }, headers: {} },
      { requestContext: { http: {} }, headers: {} },
      { requestContext: { http: { method: 1 } }, headers: {} },
      { userId: 'taylor', courseId: 1, comment: 'hello' },
    ])
      assert.equal(isUrlRequest(payload), false, JSON.stringify(payload));
  });

  it('is classified without an error, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (payload) => {
        assert.equal(isUrlRequest(payload), false);
      }),
    );
  });
});

describe('the bytes of a request', () => {
  it('are those that were posted, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        const body = Buffer.from(bytes).toString('base64');
        assert.deepEqual(postedBytes(request({ body, isBase64Encoded: true }), 5_000), Buffer.from(bytes));
      }),
    );
  });

  it('are those of the text in UTF-8 where nothing is encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (body) => {
        assert.deepEqual(postedBytes(request({ body }), 5_000), Buffer.from(new TextEncoder().encode(body)));
      }),
    );
  });

  it('are none where there is no body', () => {
    assert.equal(postedBytes(request(), 0).length, 0);
  });

  it('are refused unless they were posted', () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post', ''])
      assert.throws(() => postedBytes(request({ body: '{}' }, method), 10), MethodNotAllowed, method);
  });

  it('are refused above the limit, and not at it, counted as decoded bytes', () => {
    for (const body of ['12345678', 'éééé', '\u{1f600}\u{1f600}']) {
      assert.equal(postedBytes(request({ body }), 8).length, 8);
      assert.throws(() => postedBytes(request({ body }), 7), BodyTooLarge);
      const encoded = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
      assert.equal(postedBytes(request(encoded), 8).length, 8);
      assert.throws(() => postedBytes(request(encoded), 7), BodyTooLarge);
    }
  });
});

describe('an answer', () => {
  const json = { 'content-type': 'application/json' };

  it('is an empty JSON object if a success has nothing to say', () => {
    assert.deepEqual(success(), { statusCode: 200, headers: json, body: '{}' });
    assert.deepEqual(success(202), { statusCode: 202, headers: json, body: '{}' });
    assert.deepEqual(success(200, { token: 't' }), { statusCode: 200, headers: json, body: '{"token":"t"}' });
  });

  const momento = new Error('refused with secret-key');
  for (const { error, status, message, headers = {} } of [
    {
      error: new MethodNotAllowed(),
      status: 405,
      message: 'Only POST is allowed',
      headers: { allow: 'POST' },
    },
    { error: new BodyTooLarge(64), status: 413, message: 'The body must be at most 64 bytes' },
    { error: new AccessDenied('unsigned'), status: 403, message: 'Access Denied!' },
    { error: new AccessDenied('signature'), status: 403, message: 'Access Denied!' },
    { error: new StaleEvent(), status: 403, message: 'Stale event' },
    { error: new Unprocessable('text is missing'), status: 422, message: 'text is missing' },
    { error: new BadGateway(momento), status: 502, message: 'Momento refused the request' },
    {
      error: new Unavailable('store', momento),
      status: 503,
      message: 'Temporarily unavailable',
      headers: { 'retry-after': '5' },
    },
    {
      error: new Unavailable('secret', momento, 30),
      status: 503,
      message: 'Temporarily unavailable',
      headers: { 'retry-after': '30' },
    },
  ])
    it(`to a refusal for the reason '${error.reason}' is ${status}, with its message and headers alone`, () => {
      assert.deepEqual(failure(error), {
        statusCode: status,
        headers: { ...json, ...headers },
        body: JSON.stringify({ message }),
      });
    });

  it('to anything else that is thrown is a bare 503, because the caller may try again', () => {
    for (const error of [new TypeError('secret-key'), 'secret-key', undefined, null, { status: 200 }])
      assert.deepEqual(failure(error), {
        statusCode: 503,
        headers: { ...json, 'retry-after': '5' },
        body: '{"message":"Temporarily unavailable"}',
      });
  });
});
