// An HTTP API: a server on its own port that finds the route of a request, throttles it, checks its caller, and invokes the
// route's function.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Fault } from 'local-momento';
import { Connections } from 'local-momento';
import { ACCOUNT_ID, REGION } from '../account';
import type { Identity } from '../endpoint';
import { AwsError } from '../errors';
import { listen, readBody, TooLarge, wireRequest } from '../http';
import { NOT_ANSWERED, withFault } from '../http/faults';
import { decide, type Statement } from '../iam';
import type { AnsweredRequest } from '../lambda/function-url';
import type { HostedFunction } from '../lambda/hosted-function';
import { urlEvent, urlResponse } from '../lambda/url-event';
import { authenticate, type WireRequest } from '../sigv4';
import type { DeclaredHttpApi, DeclaredRoute } from './declared';
import { TokenBucket } from './token-bucket';

/** What the API serves. It changes when the program is evaluated again. */
export interface ApiTarget {
  declared: DeclaredHttpApi;
  find(functionName: string): HostedFunction | undefined;
  /** by function name */
  resourcePolicies: ReadonlyMap<string, readonly Statement[]>;
}

export interface HttpApiOptions {
  port?: number;
  findIdentity(accessKeyId: string): Identity | undefined;
  now: () => number;
  /** The fault for a call of a route, before its function is invoked. */
  faultOf?(route: string, request: WireRequest): Fault | undefined;
  onCall?(call: { url: string; method: string }): void;
  onRequest?(request: AnsweredRequest): void;
  /** a line of the access log */
  onAccess?(line: string): void;
}

/** Longer than callers keep an idle connection, as with Function URLs. */
const KEEP_ALIVE_MS = 65_000;
/** API Gateway's limit for a request (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html). */
const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

/** API Gateway's own answers. */
const MESSAGES: Record<number, string> = {
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export class HttpApi {
  readonly #server: Server;
  readonly connections: Connections;
  #target: ApiTarget | undefined;
  #buckets = new Map<string, TokenBucket>();
  port = 0;

  private constructor(
    readonly name: string,
    private readonly options: HttpApiOptions,
  ) {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.connections = new Connections(this.#server);
  }

  /** Takes the port. Answers requests with 503 until there is something to serve. */
  static async reserve(name: string, options: HttpApiOptions): Promise<HttpApi> {
    const api = new HttpApi(name, options);
    api.port = await listen(api.#server, options.port ?? 0);
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  serve(target: ApiTarget): void {
    const { throttle } = target.declared;
    if (!isDeepStrictEqual(throttle, this.#target?.declared.throttle)) this.#buckets.clear();
    this.#target = target;
  }

  /** The function behind an address of this API. */
  behind(address: unknown): HostedFunction | undefined {
    const route = this.#target?.declared.routes.find(
      ({ key }) => `POST ${pathOf(address, this.url)}` === key,
    );
    return route && this.#target?.find(route.functionName);
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.connections.close();
    await closed;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const [requestId, now, target] = [randomUUID(), this.options.now(), this.#target];
    const method = incoming.method ?? '';
    const [path] = (incoming.url ?? '/').split('?');
    const route = target?.declared.routes.find(({ key }) => key === `${method} ${path}`);
    const url = route?.name ?? this.name;
    const sourceIp = incoming.socket.remoteAddress ?? '127.0.0.1';
    let integrationStatus: number | undefined;
    let error: string | undefined;
    let initMs: number | undefined;
    this.options.onCall?.({ url, method });
    response.setHeader('apigw-requestid', requestId);
    response.setHeader('date', new Date(now).toUTCString());
    response.once('finish', () => {
      const { statusCode: status } = response;
      const latencyMs = performance.now() - started;
      const access = {
        requestId,
        now,
        sourceIp,
        routeKey: route?.key,
        status,
        integrationStatus,
        latencyMs,
        error,
      };
      const ms = latencyMs - (initMs ?? 0);
      this.options.onRequest?.({ url, method, status, ms, ...(initMs !== undefined && { initMs }) });
      if (target) this.options.onAccess?.(target.declared.writeAccess(access));
    });
    try {
      if (!target) throw refusal(503);
      if (!route) throw refusal(404);
      if (!this.#bucketOf(route, target).take()) throw refusal(429);
      const request = wireRequest(incoming, await readBody(incoming, MAX_PAYLOAD_BYTES));
      const signer = await this.#admit(target, route, request, now);
      const event = urlEvent({
        request,
        protocol: `HTTP/${incoming.httpVersion}`,
        sourceIp,
        requestId,
        apiId: target.declared.id,
        routeKey: route.key,
        now,
        signer,
      });
      const exchange = { server: this.#server, response, throttled: refusal(429) };
      const fault = this.options.faultOf?.(route.name, request);
      const hosted = mayInvoke(target, route);
      const outcome = await withFault(fault, exchange, () =>
        hosted.invoke(event, (took) => {
          initMs = took;
        }),
      );
      if (outcome === NOT_ANSWERED) return;
      const answer = outcome.ok ? urlResponse(outcome.payload) : undefined;
      if (!answer) throw refusal(500);
      integrationStatus = answer.status;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch (thrown) {
      if (response.headersSent || response.destroyed) return;
      const status = statusOf(thrown);
      error = MESSAGES[status];
      if (status === 413) response.setHeader('connection', 'close'); // the rest of the body is not read
      const headers = { 'content-type': 'application/json' };
      response.writeHead(status, headers).end(JSON.stringify({ message: error }));
    }
  }

  #bucketOf({ key }: DeclaredRoute, { declared }: ApiTarget): TokenBucket {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(declared.throttle, this.options.now);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** The signer, if the route demands a signature. Throws AwsError (403) if it is wrong, or IAM does not allow the call. */
  async #admit(
    { declared }: ApiTarget,
    route: DeclaredRoute,
    request: WireRequest,
    now: number,
  ): Promise<Identity | undefined> {
    if (route.auth === 'NONE') return undefined;
    const signed = authenticate(request, 'execute-api', this.options.findIdentity, now);
    const signer = await signed.catch(() => {
      throw refusal(403);
    });
    const access = { action: 'execute-api:Invoke', resource: arnOf(declared, route) };
    if (decide(signer.statements, access) === 'allowed') return signer;
    throw refusal(403);
  }
}

/** The route's function. Throws AwsError (500) if its resource policy does not let this route of the API invoke it. */
function mayInvoke({ declared, find, resourcePolicies }: ApiTarget, route: DeclaredRoute): HostedFunction {
  const hosted = find(route.functionName);
  const policy = resourcePolicies.get(route.functionName) ?? [];
  const statements = policy.filter(({ principals }) => principals['*']?.includes('apigateway.amazonaws.com'));
  const context = { 'aws:SourceArn': arnOf(declared, route) };
  const access = { action: 'lambda:InvokeFunction', resource: hosted?.declared.arn ?? '', context };
  if (hosted && decide(statements, access) === 'allowed') return hosted;
  throw refusal(500);
}

/** A route's ARN, for policies: `arn:aws:execute-api:REGION:ACCOUNT:API/$default/POST/webhook`. */
function arnOf({ id }: DeclaredHttpApi, { key }: DeclaredRoute): string {
  return `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${id}/$default/${key.replace(' ', '')}`;
}

function refusal(status: number): AwsError {
  return new AwsError('ApiGateway', MESSAGES[status] ?? '', status);
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof TooLarge) return 413;
  if (!(thrown instanceof AwsError)) return 500;
  if (thrown.type === 'TooManyRequestsException') return 503; // Lambda's, not this API's
  return thrown.status in MESSAGES ? thrown.status : 500;
}

function pathOf(address: unknown, base: string): string | undefined {
  return typeof address === 'string' && address.startsWith(base) ? address.slice(base.length - 1) : undefined;
}
