// An AWS that answers each operation as a test says, over HTTP, in the form that its documentation gives: what the program
// reads is read by AWS's own SDK.
import { createServer, type IncomingMessage } from 'node:http';
import { type Clients, clientsIn } from '../../acceptance/clients';
import type { DeployedStack } from '../../acceptance/context';
import type { Deployed } from '../../acceptance/pulumi';
import { type Clock, type Waiting, waitingBy } from '../../acceptance/waiting';
import { listen } from '../../local/aws/http';

/** An error of AWS's. */
export class Refused extends Error {
  constructor(
    readonly type: string,
    readonly status = 400,
    /** Beside its type and message. */
    readonly more: object = {},
  ) {
    super(`${type}, as a test says`);
  }
}

/** By operations: what each answers, which is JSON, or text where the operation's protocol has XML. */
export type Answers = Record<string, (input: Record<string, unknown>) => unknown>;

export interface RecordedAws {
  readonly aws: Clients;
  /** The operations that were called, in order, each with its input. */
  readonly calls: readonly { readonly operation: string; readonly input: Record<string, unknown> }[];
  close(): Promise<void>;
}

const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'of nobody' };

export async function recordedAws(answers: Answers): Promise<RecordedAws> {
  const calls: { operation: string; input: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { operation, input } = called(request, Buffer.concat(chunks).toString('utf8'));
    calls.push({ operation, input });
    try {
      const answer = answers[operation];
      if (!answer) throw new Refused('UnknownOperationException', 404);
      const body = answer(input);
      if (typeof body === 'string') response.setHeader('content-type', 'text/xml').end(body);
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    } catch (error) {
      const { type, status, message, more } =
        error instanceof Refused ? error : new Refused(String(error), 500);
      if (isQuery(request)) {
        const told = `<Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error>`;
        response.writeHead(status, { 'content-type': 'text/xml' });
        response.end(`<ErrorResponse>${told}<RequestId>1</RequestId></ErrorResponse>`);
        return;
      }
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
      response.end(JSON.stringify({ __type: type, message, ...more }));
    }
  });
  const port = await listen(server, 0);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    aws: clientsIn({ region: 'us-east-1', endpoint, credentials: KEY }),
    calls,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** IAM and STS speak the query protocol. */
function isQuery({ headers }: IncomingMessage): boolean {
  return headers['content-type'] === 'application/x-www-form-urlencoded';
}

/** Lambda's operations that are told by method and path (Lambda API Reference). */
const REST: readonly (readonly [RegExp, string])[] = [
  [/^GET \/2015-03-31\/functions\/([^/]+)\/policy/, 'GetPolicy'],
  [/^GET \/2015-03-31\/functions\/([^/]+)\/configuration/, 'GetFunctionConfiguration'],
  [/^PUT \/2015-03-31\/functions\/([^/]+)\/configuration/, 'UpdateFunctionConfiguration'],
  [/^POST \/2015-03-31\/functions\/([^/]+)\/invocations/, 'Invoke'],
  [/^GET \/2015-03-31\/functions/, 'ListFunctions'],
];

function called({ method, url, headers }: IncomingMessage, body: string) {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    return { operation: target.split('.').at(-1) ?? '', input: JSON.parse(body) };
  }
  for (const [pattern, operation] of REST) {
    const [found, FunctionName = ''] = pattern.exec(`${method} ${url}`) ?? [];
    if (found !== undefined) {
      return { operation, input: { FunctionName, authorization: headers.authorization } };
    }
  }
  const input = Object.fromEntries(new URLSearchParams(body));
  return { operation: input.Action ?? '', input };
}

/** A stack of which everything is known beforehand. */
export function knownStack(
  outputs: Record<string, unknown>,
  resources: readonly Deployed[],
  other: Partial<DeployedStack> = {},
): DeployedStack {
  return {
    name: 'accepted',
    set: async () => {},
    up: async () => ({ changes: {} }),
    destroy: async () => ({ changes: {} }),
    outputs: async () => outputs,
    resources: async () => resources,
    ...other,
  };
}

/** A clock that only pauses set forward. */
export function steppingClock(): Clock {
  let now = Date.parse('2026-01-01T00:00:00Z');
  return {
    now: () => now,
    pause: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** Waiting that takes no time. */
export const waitFor: Waiting = (...args) => waitingBy(steppingClock(), () => {})(...args);
