// Hosts an application's static site, as a web server does after a deploy, with what the site's backend would answer: the
// sign-in, here a stand-in, and the user's token.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { StaticSite } from '../application';
import { listen, readBody, TooLarge } from '../aws/http';
import { signedPost } from '../commands/signed-fetch';
import { admit, Forbidden, SECURITY_HEADERS } from '../page/guard';
import type { Stack } from '../stack';
import { type SiteFile, siteFile, webSdkFile } from './files';
import { SignIn } from './sign-in';

const MAX_BODY_BYTES = 16 * 1024;
const OWN_FILES = join(__dirname, 'static');

export interface Site {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** How many users may ask for their tokens, and write, at the same time without a cold start. */
const WARM_INSTANCES = 2;

/**
 * Serves the site on 127.0.0.1; port 0, the default, takes any free one. What is slow the first time is done before. Rejects
 * with PortInUse.
 */
export async function startSite(stack: Stack, { folder }: StaticSite, { port = 0 } = {}): Promise<Site> {
  const tokens = Array.from({ length: WARM_INSTANCES }, () => askForToken(stack));
  const webhook = stack.warm('webhookFunctionName', WARM_INSTANCES).catch(() => undefined); // its first request says why
  await Promise.all([webSdkFile(), webhook, ...tokens]);
  const server = createServer();
  const taken = await listen(server, port);
  const signIn = new SignIn(taken, stack.credentials.secretAccessKey);
  const served = { stack, folder, port: taken, signIn };
  server.on('request', (request, response) => void serve(request, response, served));
  return {
    port: taken,
    url: `http://127.0.0.1:${taken}/`,
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** One call of the token service, so that an instance is there for the next. It may fail. */
async function askForToken({ invoke, outputs, application }: Stack): Promise<void> {
  const { userId } = application.example;
  await invoke(String(outputs.tokensFunctionName), { userId }).catch(() => undefined);
}

interface Served {
  readonly stack: Stack;
  readonly folder: string;
  readonly port: number;
  readonly signIn: SignIn;
}

async function serve(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const headers = { ...SECURITY_HEADERS, ...sitePolicy(served.stack.momento.url) };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  try {
    admit(request, served.port);
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    if (request.method === 'POST') await post(pathname, request, response, served);
    else if (request.method === 'GET') await get(pathname, request, response, served);
    else refuse(response, 405, 'only GET and POST are allowed', { allow: 'GET, POST' });
  } catch (error) {
    const status = error instanceof Forbidden ? 403 : error instanceof TooLarge ? 413 : 502;
    const message = error instanceof Error ? error.message : String(error);
    refuse(response, status, message, status === 413 ? { connection: 'close' } : {});
  }
}

/** The site's scripts speak to Momento too, and its sign-in is a form. */
function sitePolicy(momentoUrl: string): Record<string, string> {
  const policy = SECURITY_HEADERS['content-security-policy'] ?? '';
  return {
    'content-security-policy': policy
      .replace("connect-src 'self'", `connect-src 'self' ${momentoUrl}`)
      .replace("form-action 'none'", "form-action 'self'"),
    'referrer-policy': 'same-origin', // without any, browsers send forms with the origin `null`
  };
}

async function get(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { folder, signIn }: Served,
): Promise<void> {
  if (path === '/' && signIn.userOf(request) === undefined) {
    response.writeHead(303, { location: 'sign-in' }).end(); // the page would go there too, but only after it has loaded
    return;
  }
  const file =
    path === '/sign-in'
      ? await siteFile(OWN_FILES, '/sign-in.html')
      : ((await siteFile(folder, path)) ?? (await siteFile(OWN_FILES, path)));
  if (file) sendFile(file, request, response);
  else refuse(response, 404, 'there is no such file');
}

/**
 * Browsers keep scripts and styles, and ask each time whether theirs is still the right one. They keep no page: after a
 * sign-out it would still show what was said.
 */
function sendFile(
  { type, content, etag, compressed }: SiteFile,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const headers = { 'content-type': type };
  if (type.startsWith('text/html')) return void response.writeHead(200, headers).end(content);
  const kept = { 'cache-control': 'no-cache', etag, vary: 'accept-encoding' };
  const { 'if-none-match': known, 'accept-encoding': accepted = '' } = request.headers;
  if (known === etag) response.writeHead(304, kept).end();
  else if (compressed && /\bgzip\b/.test(String(accepted)))
    response.writeHead(200, { ...headers, ...kept, 'content-encoding': 'gzip' }).end(compressed);
  else response.writeHead(200, { ...headers, ...kept }).end(content);
}

async function post(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { stack, signIn }: Served,
): Promise<void> {
  const body = (await readBody(request, MAX_BODY_BYTES)).toString('utf8');
  if (path === '/sign-in') {
    const cookie = signIn.begin(new URLSearchParams(body).get('name') ?? '');
    if (cookie) response.writeHead(303, { location: './', 'set-cookie': cookie }).end();
    else refuse(response, 422, 'a name has 1 to 64 characters');
  } else if (path === '/sign-out') {
    response.writeHead(303, { location: 'sign-in', 'set-cookie': signIn.end() }).end();
  } else if (path === '/token') {
    const userId = signIn.userOf(request);
    if (userId === undefined) refuse(response, 401, 'sign in first');
    else await passOn(body, userId, response, stack);
  } else {
    refuse(response, 404, 'there is no such address');
  }
}

/** Asks the token service as a backend does, for the user of the session, whoever the request says it is. */
async function passOn(body: string, userId: string, response: ServerResponse, stack: Stack): Promise<void> {
  const { credentials, signingName: service, region, clock, outputs } = stack;
  const asked = fieldsOf(body);
  if (asked === undefined) return refuse(response, 422, 'the body must be a JSON object');
  const answer = await signedPost(String(outputs.tokensUrl), {
    service,
    credentials,
    region,
    body: JSON.stringify({ ...asked, userId }),
    signingDate: new Date(clock.now()),
  });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}

function fieldsOf(body: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, message: string, headers = {}): void {
  if (response.headersSent || response.destroyed) return;
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ message }));
}
