// The live page of the local stack: shows what happens in it. A user can publish to it, break it and attack it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { MomentoEvents, TopicMessage } from 'local-momento';
import type { FaultPlan } from 'local-momento/faults';
import * as v from 'valibot';
import { listen, readBody, TooLarge } from '../aws/http';
import type { Stack } from '../stack';
import type { StackEvents } from '../stack/stack';
import { type Action, actionsOn, type Shown, WrongInput } from './actions';
import { EventStream } from './event-stream';
import { pageFile } from './files';
import { admit, Forbidden, SECURITY_HEADERS } from './guard';
import { Journeys } from './journeys';
import { Queues } from './queues';
import type { Trouble } from './troubles';

const MAX_BODY_BYTES = 64 * 1024;

export interface PageOptions {
  /** 0, the default: any free one. */
  port?: number;
  /** Faults that apply whatever is chosen on the page. */
  faults?: FaultPlan;
}

export interface Page {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page on 127.0.0.1. Rejects with PortInUse. */
export async function startPage(stack: Stack, { port = 0, faults }: PageOptions = {}): Promise<Page> {
  const stream = new EventStream();
  const journeys = new Journeys(stack.application.describe, (journey) => stream.send('journey', journey));
  const queues = new Queues(
    stack.sqs,
    { redrive: String(stack.outputs.redriveQueueUrl), deadLetter: String(stack.outputs.deadLetterQueueUrl) },
    (depths) => stream.send('queues', depths),
  );
  let trouble: Trouble = 'none';
  const { actions, readPlace } = actionsOn({ stack, faults, journeys }, (chosen) => {
    trouble = chosen;
    stream.send('trouble', trouble);
  });
  const stopWatching = watch(stack, journeys);
  const { webhookUrl, publisherUrl, tokensUrl } = stack.outputs;
  const snapshot = () => ({
    journeys: journeys.all,
    queues: queues.depths,
    trouble,
    example: stack.application.example,
    place: stack.application.describe(stack.application.example).place,
    placeName: stack.application.placeName,
    storeName: stack.application.store.name,
    stack: { cache: stack.cacheName, topic: stack.topicName, webhookUrl, publisherUrl, tokensUrl },
  });

  const server = createServer();
  const taken = await listen(server, port);
  server.on('request', (request, response) => {
    const openStream = () => stream.add(response, { name: 'state', data: snapshot() });
    void serve(request, response, { port: taken, openStream, actions, readPlace });
  });
  return {
    port: taken,
    url: `http://127.0.0.1:${taken}/`,
    close: async () => {
      stopWatching();
      queues.close();
      stream.close();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Passes events to the journeys. Returns how to stop. */
function watch({ momento, events, cacheName, topicName }: Stack, journeys: Journeys): () => void {
  const onToken = ({ tokenId }: { tokenId: string }) => journeys.tokenVended(tokenId);
  const onLog = ({ line, initMs }: StackEvents['log'][0]) => journeys.logged(line, initMs);
  // Messages that the application itself publishes, to other topics, are not journeys.
  const onPublished = (message: TopicMessage) => {
    if (message.cache === cacheName && message.topic === topicName) journeys.published(message);
  };
  const onDelivered = ({ message, ...answer }: MomentoEvents['delivered'][0]) =>
    journeys.delivered(message, answer);
  momento.on('tokenVended', onToken);
  momento.on('published', onPublished);
  momento.on('delivered', onDelivered);
  events.on('log', onLog);
  return () => {
    momento.off('tokenVended', onToken);
    momento.off('published', onPublished);
    momento.off('delivered', onDelivered);
    events.off('log', onLog);
  };
}

interface Served {
  readonly port: number;
  openStream(): void;
  readonly actions: ReadonlyMap<string, Action>;
  readPlace(name: string): Promise<Shown>;
}

async function serve(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  try {
    admit(request, served.port);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page');
    const action = served.actions.get(pathname);
    const allowed = action ? 'POST' : 'GET';
    if (request.method !== allowed) {
      refuse(response, 405, `only ${allowed} is allowed`, { allow: allowed });
    } else if (action) {
      answer(response, await action(readJson(await readBody(request, MAX_BODY_BYTES))));
    } else if (pathname === '/api/events') {
      served.openStream();
    } else if (pathname === '/api/place') {
      answer(response, await served.readPlace(searchParams.get('name') ?? ''));
    } else {
      const file = pageFile(pathname);
      if (file) response.writeHead(200, { 'content-type': file.type }).end(file.content);
      else refuse(response, 404, 'there is no such file');
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The rest of a body that is too large is not read.
    refuse(response, statusOf(error), message, error instanceof TooLarge ? { connection: 'close' } : {});
  }
}

function statusOf(error: unknown): number {
  if (error instanceof Forbidden) return 403;
  if (error instanceof TooLarge) return 413;
  if (error instanceof WrongInput || error instanceof v.ValiError) return 422;
  return 502; // a service behind the page did not answer
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new WrongInput('the body must be JSON');
  }
}

function answer(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, message: string, headers = {}): void {
  if (response.headersSent || response.destroyed) return;
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ message }));
}
