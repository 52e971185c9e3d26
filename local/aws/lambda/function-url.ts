// A Function URL: an HTTP server on its own port, which admits the callers that the function's declared permissions allow.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Connections, type Fault } from 'local-momento';
import { type DeclaredFunction, type DeclaredUrl, decideFunctionUrl } from '../declared';
import type { Identity } from '../endpoint';
import { AwsError } from '../errors';
import { listen, readBody, TooLarge, wireRequest } from '../http';
import { NOT_ANSWERED, withFault } from '../http/faults';
import type { Statement } from '../iam';
import { authenticate, type WireRequest } from '../sigv4';
import { type HostedFunction, MAX_PAYLOAD_BYTES } from './hosted-function';
import { urlEvent, urlResponse } from './url-event';

/** What the URL serves. It changes when the program is evaluated again. */
export interface UrlTarget {
  declared: DeclaredUrl;
  hosted: HostedFunction;
  resourcePolicy: readonly Statement[];
}

export interface FunctionUrlOptions {
  port?: number;
  findIdentity(accessKeyId: string): Identity | undefined;
  now: () => number;
  /** The fault for a call, before its function is invoked. */
  faultOf?(request: WireRequest): Fault | undefined;
  onCall?(call: { url: string; method: string }): void;
  onRequest?(request: AnsweredRequest): void;
}

export interface AnsweredRequest {
  readonly url: string;
  readonly method: string;
  readonly status: number;
  /** Without `initMs`. */
  readonly ms: number;
  /** How long the instance took to initialise, if this was its first request. */
  readonly initMs?: number;
}

/** Longer than callers keep an idle connection: the server must not close one at the moment that they reuse it. */
const KEEP_ALIVE_MS = 65_000;

const FORBIDDEN =
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

export class FunctionUrl {
  readonly #server: Server;
  readonly connections: Connections;
  #target: UrlTarget | undefined;
  port = 0;

  private constructor(
    readonly name: string,
    private readonly options: FunctionUrlOptions,
  ) {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.connections = new Connections(this.#server);
  }

  /** Takes the port. Answers requests with 503 until there is something to serve. */
  static async reserve(name: string, options: FunctionUrlOptions): Promise<FunctionUrl> {
    const url = new FunctionUrl(name, options);
    url.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    url.port = await listen(url.#server, options.port ?? 0);
    return url;
  }

  /** With a trailing slash, as in AWS. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get function(): DeclaredFunction | undefined {
    return this.#target?.hosted.declared;
  }

  serve(target: UrlTarget): void {
    this.#target = target;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.connections.close();
    await closed;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const requestId = randomUUID();
    let initMs: number | undefined;
    this.options.onCall?.({ url: this.name, method: incoming.method ?? '' });
    response.setHeader('x-amzn-requestid', requestId);
    response.setHeader('date', new Date(this.options.now()).toUTCString());
    response.once('finish', () => {
      const ms = performance.now() - started - (initMs ?? 0);
      this.options.onRequest?.({
        url: this.name,
        method: incoming.method ?? '',
        status: response.statusCode,
        ms,
        ...(initMs !== undefined && { initMs }),
      });
    });
    try {
      const target = this.#target;
      if (!target) throw new AwsError('ServiceUnavailableException', 'The local stack is starting.', 503);
      const request = wireRequest(incoming, await readBody(incoming, MAX_PAYLOAD_BYTES));
      const now = this.options.now();
      const signer = await this.#admit(target, request, now);
      const event = urlEvent({
        request,
        protocol: `HTTP/${incoming.httpVersion}`,
        sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
        requestId,
        apiId: this.name,
        now,
        signer,
      });
      const exchange = { server: this.#server, response, throttled };
      const fault = this.options.faultOf?.(request);
      const outcome = await withFault(fault, exchange, () =>
        target.hosted.invoke(event, (ms) => {
          initMs = ms;
        }),
      );
      if (outcome === NOT_ANSWERED) return;
      const answer = outcome.ok ? urlResponse(outcome.payload) : undefined;
      if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
      else response.writeHead(502, { 'content-type': 'application/json' }).end('Internal Server Error');
    } catch (error) {
      refuse(response, error);
    }
  }

  /** The signer, if a signature is needed. Throws AwsError (403) if the policies do not allow the caller. */
  async #admit(target: UrlTarget, request: WireRequest, now: number): Promise<Identity | undefined> {
    const { declared, hosted, resourcePolicy } = target;
    let signer: Identity | undefined;
    let statements = resourcePolicy.filter(({ principals }) => principals['*']?.includes('*'));
    if (declared.auth === 'AWS_IAM') {
      if (!request.headers.authorization) throw new AwsError('AccessDeniedException', FORBIDDEN, 403);
      signer = await authenticate(request, 'lambda', this.options.findIdentity, now);
      statements = [...statements, ...signer.statements];
    }
    if (decideFunctionUrl(declared.auth, hosted.declared.arn, statements) === 'allowed') return signer;
    throw new AwsError('AccessDeniedException', FORBIDDEN, 403);
  }
}

const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);

function refuse(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const tooLarge = thrown instanceof TooLarge;
  if (tooLarge) response.setHeader('connection', 'close'); // the rest of the body is not read
  const error = tooLarge
    ? new AwsError('RequestEntityTooLargeException', thrown.message, 413)
    : thrown instanceof AwsError
      ? thrown
      : new AwsError('ServiceException', 'Internal Server Error', 500);
  response
    .writeHead(error.status, { 'content-type': 'application/json', 'x-amzn-errortype': error.type })
    .end(JSON.stringify({ Message: error.message }));
}
