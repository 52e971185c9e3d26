// A line of an HTTP API's access log, in the format that the program declares.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
import { commonLogTime } from '../lambda/url-event';

/** What API Gateway knows of a request once it is answered. */
export interface Access {
  requestId: string;
  /** milliseconds since the epoch */
  now: number;
  sourceIp: string;
  /** undefined if no route matches */
  routeKey: string | undefined;
  status: number;
  /** the function's, if it answered */
  integrationStatus: number | undefined;
  latencyMs: number;
  /** API Gateway's own message, if it refused the request */
  error: string | undefined;
}

export type WriteAccess = (access: Access) => string;

const VARIABLES: Record<string, (access: Access) => string | number | undefined> = {
  requestId: ({ requestId }) => requestId,
  requestTime: ({ now }) => commonLogTime(now),
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  routeKey: ({ routeKey }) => routeKey,
  status: ({ status }) => status,
  integrationStatus: ({ integrationStatus }) => integrationStatus,
  responseLatency: ({ latencyMs }) => Math.round(latencyMs),
  'error.message': ({ error }) => error,
};

const VARIABLE = /\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g;

/** Throws if a variable is not known here; the error begins with `owner`. */
export function accessLogOf(format: string, owner: string): WriteAccess {
  for (const [text, name = ''] of format.matchAll(VARIABLE)) {
    if (!Object.hasOwn(VARIABLES, name)) {
      throw new Error(`${owner}: the local API Gateway does not know the variable ${text}`);
    }
  }
  return (access) =>
    format.replace(VARIABLE, (_text, name: string) => String(VARIABLES[name]?.(access) ?? '-'));
}
