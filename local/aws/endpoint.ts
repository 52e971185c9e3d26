// The AWS endpoint of the local stack: checks the caller (SigV4) and the Host header, applies faults, and hands the call
// to its service. The caller's declared policies decide what it may do.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Connections, type FaultPlan } from 'local-momento';
import { AwsError } from './errors';
import { isForThisServer, listen, readBody, TooLarge, wireRequest } from './http';
import { NOT_ANSWERED, withFault } from './http/faults';
import { decide, type Statement } from './iam';
import { type AccessKey, authenticate, type WireRequest } from './sigv4';

/** A possible caller: a key, its principal, and the principal's own policies. */
export interface Identity extends AccessKey {
  arn: string;
  statements: readonly Statement[];
}

export interface Caller {
  arn: string;
  /** Throws AccessDeniedException if the caller's policies do not allow the action. */
  authorize(action: string, resource: string): void;
}

type Operation = (input: unknown, caller: Caller) => unknown;

/** A service with an AWS JSON protocol. */
export interface JsonService {
  signingName: string;
  /** the part before the dot in `x-amz-target` */
  targetPrefix: string;
  operations: Record<string, Operation>;
}

/** A service with its own paths, headers and statuses, e.g. Lambda's Invoke. */
export interface RestService {
  signingName: string;
  /** The operation of the request, if it belongs to this service. */
  route(request: WireRequest): { name: string; run: RestOperation } | undefined;
}

export type AwsService = JsonService | RestService;

export type RestOperation = (input: unknown, caller: Caller) => Promise<HttpAnswer>;

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body?: string;
}

export interface EndpointOptions {
  port?: number;
  services: readonly AwsService[];
  findIdentity(accessKeyId: string): Identity | undefined;
  now: () => number;
}

/** Idle connections stay open for longer than Node.js's default, so that they can die while a function is frozen. */
const KEEP_ALIVE_MS = 65_000;

const MAX_BODY_BYTES = 10 * 1024 * 1024;

export class AwsEndpoint {
  #faults: FaultPlan | undefined;
  readonly #server: Server;
  readonly connections: Connections;
  port = 0;

  private constructor(private readonly options: EndpointOptions) {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.connections = new Connections(this.#server);
  }

  static async start(options: EndpointOptions): Promise<AwsEndpoint> {
    const endpoint = new AwsEndpoint(options);
    endpoint.port = await listen(endpoint.#server, options.port ?? 0);
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  setFaults(plan: FaultPlan | undefined): void {
    this.#faults = plan;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.connections.close();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-amzn-requestid', randomUUID());
    response.setHeader('date', new Date(this.options.now()).toUTCString()); // AWS SDKs sign by this date if their own clock is far off
    try {
      if (!isForThisServer(request, this.port)) {
        throw new AwsError('MisdirectedRequestException', 'This endpoint answers on 127.0.0.1 only.', 421);
      }
      const wire = wireRequest(request, await readBody(request, MAX_BODY_BYTES));
      const { signingName, name, run } = this.#route(wire);
      const identity = await authenticate(wire, signingName, this.options.findIdentity, this.options.now());
      const input = parseJson(wire.body);
      const exchange = { server: this.#server, response, throttled };
      const fault = this.#faults?.(name, input);
      const output = await withFault(fault, exchange, () => run(input, callerOf(identity)));
      if (output !== NOT_ANSWERED) response.writeHead(output.status, output.headers).end(output.body);
    } catch (error) {
      sendError(response, error);
    }
  }

  #route(wire: WireRequest): { signingName: string; name: string; run: RestOperation } {
    const target = wire.headers['x-amz-target'];
    const [prefix, name = ''] = target?.split('.') ?? [];
    for (const service of this.options.services) {
      if ('route' in service) {
        const found = target ? undefined : service.route(wire);
        if (found) return { signingName: service.signingName, ...found };
      } else if (service.targetPrefix === prefix) {
        const run = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
        if (run) return { signingName: service.signingName, name, run: answering(run) };
      }
    }
    throw new AwsError('UnknownOperationException', lacking(wire, this.options.services));
  }
}

/** Names what is missing, and the place to add it. */
function lacking({ method, path, headers }: WireRequest, services: readonly AwsService[]): string {
  const what = headers['x-amz-target'] ?? `${method} ${path}`;
  const [, service = 'unsigned'] =
    /Credential=[^/]+\/\d{8}\/[^/]+\/([^/,\s]+)\//.exec(headers.authorization ?? '') ?? [];
  const isKnown = services.some(({ signingName }) => signingName === service);
  return isKnown
    ? `The local AWS does not have the operation ${what}: add it to the service's file in local/aws/.`
    : `The local AWS does not have the service ${service} (${what}): add it to startServices in the application's local.ts.`;
}

const throttled = new AwsError('ThrottlingException', 'Rate exceeded');

function callerOf({ arn, statements }: Identity): Caller {
  return {
    arn,
    authorize(action, resource) {
      const decision = decide(statements, { action, resource });
      if (decision === 'allowed') return;
      const why =
        decision === 'explicit-deny'
          ? 'with an explicit deny in an identity-based policy'
          : `because no identity-based policy allows the ${action} action`;
      const message = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
      throw new AwsError('AccessDeniedException', message);
    },
  };
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The request is not JSON.');
  }
}

const JSON_HEADERS = { 'content-type': 'application/x-amz-json-1.1' };

function answering(run: Operation): RestOperation {
  return async (input, caller) => {
    return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(await run(input, caller)) };
  };
}

function sendError(response: ServerResponse, thrown: unknown): void {
  const error =
    thrown instanceof AwsError
      ? thrown
      : thrown instanceof TooLarge
        ? new AwsError('RequestEntityTooLargeException', thrown.message, 413)
        : new AwsError(
            'InternalServiceError',
            thrown instanceof Error ? thrown.message : String(thrown),
            500,
          );
  if (response.headersSent || response.destroyed) return;
  response.setHeader('x-amzn-errortype', error.type);
  const body = JSON.stringify({ __type: error.type, message: error.message });
  response.writeHead(error.status, JSON_HEADERS).end(body);
}
