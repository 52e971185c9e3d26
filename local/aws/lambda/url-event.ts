// Translates HTTP to a Function URL's event, and a handler's result to HTTP: payload format 2.0.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { ACCOUNT_ID } from '../account';
import type { Identity } from '../endpoint';
import type { WireRequest } from '../sigv4';

/** Header fields of one connection, which are not part of the event. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
const TEXT = /text|json|xml|javascript/i;

export interface UrlRequest {
  request: WireRequest & { body: Buffer };
  protocol: string;
  sourceIp: string;
  requestId: string;
  apiId: string;
  /** of an API's route; a Function URL has none */
  routeKey?: string;
  /** milliseconds since the epoch */
  now: number;
  /** the signer of the request, if the URL demands a signature */
  signer: Identity | undefined;
}

/**
 * The event of a Function URL, or of an HTTP API's route, which names the route and always the account.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function urlEvent(received: UrlRequest): object {
  const { request, protocol, sourceIp, requestId, apiId, routeKey, now, signer } = received;
  const { method, path, query, body } = request;
  const { cookie, ...sent } = request.headers;
  const kept = Object.entries(sent).filter(([name]) => !HOP_BY_HOP.has(name));
  const traceId = `Root=1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  const port = sent.host?.split(':')[1] ?? '443';
  const binary = body.length > 0 && !(TEXT.test(sent['content-type'] ?? '') && isUtf8(body));
  const parameters = queryParameters(query);
  return {
    version: '2.0',
    routeKey: routeKey ?? '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookie ? { cookies: cookie.split(/;\s*/) } : {}),
    headers: {
      ...Object.fromEntries(kept),
      'x-amzn-trace-id': traceId,
      'x-forwarded-for': sourceIp,
      'x-forwarded-port': port,
      'x-forwarded-proto': 'http',
    },
    ...(parameters ? { queryStringParameters: parameters } : {}),
    requestContext: {
      accountId: signer || routeKey ? ACCOUNT_ID : 'anonymous',
      apiId,
      ...(signer ? { authorizer: { iam: iamContext(signer) } } : {}),
      domainName: sent.host ?? '',
      domainPrefix: apiId,
      http: { method, path, protocol, sourceIp, userAgent: sent['user-agent'] ?? '' },
      requestId,
      routeKey: routeKey ?? '$default',
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(body.length > 0 ? { body: body.toString(binary ? 'base64' : 'utf8') } : {}),
    isBase64Encoded: binary,
  };
}

const headerValue = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const structured = v.object({
  statusCode: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  headers: v.nullish(v.record(v.string(), headerValue), {}),
  cookies: v.nullish(v.array(v.string()), []),
  body: v.nullish(v.string(), ''),
  isBase64Encoded: v.nullish(v.boolean(), false),
});

export interface UrlResponse {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/**
 * The response for a handler's result (as JSON). A result without `statusCode` is itself the body of a 200. Undefined if
 * the result is no valid response.
 */
export function urlResponse(payload: string): UrlResponse | undefined {
  const result: unknown = JSON.parse(payload);
  const json = { 'content-type': 'application/json' };
  if (result === null || typeof result !== 'object' || !('statusCode' in result)) {
    return { status: 200, headers: json, body: Buffer.from(payload) };
  }
  const parsed = v.safeParse(structured, result);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.output;
  const lowerCase = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    status: statusCode,
    headers: {
      ...json,
      ...Object.fromEntries(lowerCase),
      ...(cookies && cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function iamContext({ accessKeyId, arn }: Identity): object {
  return {
    accessKey: accessKeyId,
    accountId: ACCOUNT_ID,
    callerId: arn,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId: arn,
  };
}

function queryParameters(query: string): Record<string, string> | undefined {
  if (!query) return undefined;
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = Object.hasOwn(parameters, name) ? `${parameters[name]},` : '';
    Object.defineProperty(parameters, name, {
      value: before + value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return parameters;
}

/** The time format of web server logs: `12/Mar/2020:19:03:58 +0000`. */
export function commonLogTime(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
