// The live page of the local stack: shows what happens in it. A user can publish to it, break it and attack it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { FaultPlan, MomentoEvents, TopicMessage } from 'local-momento';
import * as v from 'valibot';
import { listen, readBody, TooLarge } from '../aws/http';
import type { Stack } from '../stack';
import type { StackEvents } from '../stack/stack';
import { type Action, actionsOn, type Shown, WrongInput } from './actions';
import { DeadLetters } from './dead-letters';
import { EventStream } from './event-stream';
import { pageFile } from './files';
import { Gauges } from './gauges';
import { admit, Forbidden, pageHeaders } from './guard';
import { Journeys } from './journeys';
import { depthsOf } from './queues';
import { RelayWatch } from './relay';
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
  const journeys = new Journeys(stack.application.describe, (journey) => {
    if (!journey.inBurst) stream.send('journey', journey);
  });
  const { redriveQueueUrl, deadLetterQueueUrl } = stack.outputs;
  const queues = { redrive: String(redriveQueueUrl), deadLetter: String(deadLetterQueueUrl) };
  const deadLetters = new DeadLetters(stack.sqs, queues, journeys);
  const relay = new RelayWatch(stack, journeys);
  let trouble: Trouble = 'none';
  const { actions, readPlace, burst } = actionsOn(
    { stack, faults, journeys, deadLetters, relay },
    (chosen) => {
      trouble = chosen;
      stream.send('trouble', trouble);
    },
  );
  const gauges = new Gauges(
    {
      queues() {
        deadLetters.look();
        return depthsOf(stack.sqs, queues);
      },
      burst: () => burst.state,
      relay: () => relay.state,
    },
    (name, value) => stream.send(name, { value, now: Date.now() }),
  );
  const stopWatching = watch(stack, journeys);
  const snapshot = () => ({
    ...aboutStack(stack),
    journeys: journeys.all.filter(({ inBurst }) => !inBurst),
    trouble,
    gauges: gauges.now,
    now: Date.now(),
  });

  const headers = pageHeaders(stack.momento.url);
  const server = createServer();
  const taken = await listen(server, port);
  server.on('request', (request, response) => {
    const openStream = () => stream.add(response, { name: 'state', data: snapshot() });
    void serve(request, response, { port: taken, openStream, actions, readPlace, headers });
  });
  return {
    port: taken,
    url: `http://127.0.0.1:${taken}/`,
    close: async () => {
      stopWatching();
      gauges.close();
      relay.close();
      stream.close();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What the page shows of the stack itself. */
function aboutStack({ application, outputs, cacheName, topicName, region, signingName, credentials }: Stack) {
  const { example, placeName, store, describe } = application;
  const { webhookUrl, publisherUrl, tokensUrl } = outputs;
  return {
    example,
    place: describe(example).place,
    placeName,
    storeName: store.name,
    stack: { cache: cacheName, topic: topicName, webhookUrl, publisherUrl, tokensUrl },
    /** For the curl commands: the keys are made up, and good for this machine alone. */
    signing: {
      scheme: `aws:amz:${region}:${signingName}`,
      user: `${credentials.accessKeyId}:${credentials.secretAccessKey}`,
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
  const onDropped = ({ message, reason }: MomentoEvents['deliveryDropped'][0]) =>
    journeys.dropped(message, reason);
  momento.on('tokenVended', onToken);
  momento.on('published', onPublished);
  momento.on('delivered', onDelivered);
  momento.on('deliveryDropped', onDropped);
  events.on('log', onLog);
  return () => {
    momento.off('tokenVended', onToken);
    momento.off('published', onPublished);
    momento.off('delivered', onDelivered);
    momento.off('deliveryDropped', onDropped);
    events.off('log', onLog);
  };
}

interface Served {
  readonly port: number;
  openStream(): void;
  readonly actions: ReadonlyMap<string, Action>;
  readPlace(name: string): Promise<Shown>;
  /** Set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

async function serve(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  for (const [name, value] of Object.entries(served.headers)) response.setHeader(name, value);
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
      const file = await pageFile(pathname);
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
