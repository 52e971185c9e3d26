// Function URL requests and answers (AWS Lambda, "Function URL request and response payloads", format 2.0).
import { BodyTooLarge, MethodNotAllowed, Refusal, Unavailable } from './errors';

/** The parts of a request that a handler reads; header names are lower-case. */
export interface UrlRequest {
  readonly requestContext: {
    readonly http: { readonly method: string };
    /** When AWS received the request, in milliseconds since the epoch. */
    readonly timeEpoch?: number;
  };
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whether a payload came through a Function URL; a direct invocation carries whatever its caller sent. */
export function isUrlRequest(payload: unknown): payload is UrlRequest {
  const method = member(member(member(payload, 'requestContext'), 'http'), 'method');
  return typeof method === 'string' && typeof member(payload, 'headers') === 'object';
}

function member(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined;
}

/**
 * The bytes that were posted. Throws MethodNotAllowed for anything but POST, and BodyTooLarge above `limitBytes`, before it
 * decodes anything.
 */
export function postedBytes(request: UrlRequest, limitBytes: number): Buffer {
  if (request.requestContext.http.method !== 'POST') throw new MethodNotAllowed();
  const encoding = request.isBase64Encoded ? 'base64' : 'utf8';
  const body = request.body ?? '';
  if (Buffer.byteLength(body, encoding) > limitBytes) throw new BodyTooLarge(limitBytes);
  return Buffer.from(body, encoding);
}

/** A success. Its body is an empty object by default. */
export function success(statusCode: 200 | 202 = 200, body: object = {}): Answer {
  return answer(statusCode, body);
}

/** The answer to an error: a Refusal's own, and a generic 503 for anything else, because the caller may try again. */
export function failure(error: unknown): Answer {
  const refusal = error instanceof Refusal ? error : new Unavailable('unexpected', error);
  return answer(refusal.status, { message: refusal.message }, refusal.headers);
}

function answer(statusCode: number, body: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
