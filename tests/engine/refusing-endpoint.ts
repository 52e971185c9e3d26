// The AWS endpoint, except that it refuses one call, as if a permission were missing or a limit reached.
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RefusingEndpoint {
  readonly url: string;
  /** How many calls were refused. */
  readonly refused: () => number;
  close(): Promise<void>;
}

/** Passes everything on to `endpoint`, but refuses requests with this method to a matching path. */
export async function refusingEndpoint(
  endpoint: string,
  method: string,
  path: RegExp,
): Promise<RefusingEndpoint> {
  let refused = 0;
  const server = createServer((incoming, answer) => {
    if (incoming.method === method && path.test(incoming.url ?? '')) {
      refused++;
      incoming.resume();
      answer.writeHead(403, {
        'content-type': 'application/json',
        'x-amzn-errortype': 'AccessDeniedException',
      });
      answer.end(JSON.stringify({ message: 'You may not do this yet.' }));
      return;
    }
    const passedOn = request(new URL(incoming.url ?? '/', endpoint), passOn(incoming), (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passedOn.on('error', () => answer.destroy());
    incoming.pipe(passedOn);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The `Host` stays as it was signed. */
function passOn({ method, headers }: IncomingMessage) {
  return { method, headers };
}
