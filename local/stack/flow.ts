// Follows one message through the running stack, step by step: from the publisher to the application's own step.
import { type Entry, entryOf, type Fields } from '../application';
import { signedPost } from '../commands/signed-fetch';
import type { Stack } from '.';
import { readOutcome, readRefusal } from './outcome';

export interface Step {
  name:
    | 'token vended'
    | 'published'
    | 'webhook called'
    | 'handled'
    | 'webhook answered'
    | 'read back'
    | 'not published'
    | 'not vended'
    | 'answered'
    | 'fault';
  detail: string;
  /** false if the step failed */
  ok: boolean;
}

/** A message and its user. */
export type Publication = Fields & { readonly userId: string };

const STEP_WITHIN_MS = 15_000;

/** Reports each step of every message as it happens. */
export function onSteps(stack: Stack, tell: (step: Step) => void): void {
  const { momento, events, outputs } = stack;
  const step = (name: Step['name'], detail: string, ok = true) => tell({ name, detail, ok });
  momento.on('tokenVended', ({ tokenId, expiresAt }) => {
    step('token vended', `for ${quoted(tokenId)}, until ${new Date(expiresAt).toISOString()}`);
  });
  momento.on('published', ({ topic, cache, tokenId, text }) => {
    step('published', `to ${topic} of ${cache} as ${quoted(tokenId)}: ${text ?? 'binary'}`);
  });
  events.on('call', ({ url, method }) => {
    if (url === 'webhook') step('webhook called', `${method} ${outputs.webhookUrl}`);
  });
  const words = new Map<string, string>();
  momento.on('published', ({ text }) => rememberWords(stack, words, text));
  events.on('log', ({ line }) => {
    const refusal = readRefusal(line);
    if (refusal) step(refusal.outcome, refusal.reason, false);
    const told = readOutcome(line);
    if (!told) return;
    const isDone = told.outcome === 'stored' || told.outcome === 'redriven';
    const failed = told.reason === undefined ? told.outcome : `${told.outcome}: ${told.reason}`;
    step('handled', isDone ? (words.get(told.requestId) ?? 'done') : failed, isDone);
  });
  let initMs = 0;
  events.on('request', (request) => {
    const { url, method, status } = request;
    if (url === 'webhook') initMs = request.initMs ?? 0;
    else if (status >= 400) step('answered', `${status} to ${method} of ${url}`, false);
  });
  onAnswer(stack, ({ status, error, ms }) => {
    const answer = status === undefined ? `nothing: ${error}` : String(status);
    const own = Math.round(stack.relay ? ms : ms - initMs); // Momento waits for both
    const init = initMs > 0 ? `, after an INIT of ${Math.round(initMs)} ms` : '';
    const meaning = status === 200 ? ': signature verified' : '';
    step('webhook answered', `${answer} in ${own} ms${init}${meaning}`, status === 200);
  });
  momento.on('deliveryDropped', ({ reason }) => step('webhook answered', `not called: ${reason}`, false));
  momento.on('fault', ({ operation, kind }) => step('fault', `${operation}: ${kind}`, false));
}

/** Publishes a message and reads it back. Throws at the first failed step, with the reason. */
export async function sendMessage(stack: Stack, publication: Publication): Promise<Entry> {
  const { outputs, credentials, signingName: service, region, application, access, clock } = stack;
  const { userId, ...fields } = publication;
  const described = application.describe(fields);
  const logs: string[] = [];
  const keepLog = ({ function: name, line }: { function: string; line: string }) => {
    if (/"level":"(?:WARN|ERROR|FATAL)"/.test(line)) logs.push(`${name}: ${line}`);
  };
  stack.events.on('log', keepLog);
  try {
    const delivered = answerOfWebhook(stack);
    const body = JSON.stringify(publication);
    const signingDate = new Date(clock.now());
    const signed = { service, credentials, region, body, signingDate };
    const published = await signedPost(String(outputs.publisherUrl), signed);
    if (published.status !== 200) {
      throw new Error(
        `publishing failed: the publisher answered ${published.status} ${await published.text()}`,
      );
    }
    const answer = await delivered;
    if (answer !== '200') throw new Error(`handling failed: the webhook answered ${answer}`);
    const entries = await application.read(described.place, access, 100).catch((error: unknown) => {
      throw new Error(`reading back failed: ${messageOf(error)}`);
    });
    const found = entryOf(userId, described, entries);
    if (!found) {
      const where = `${application.placeName} ${described.place}`;
      throw new Error(`reading back failed: the message is not in ${where}`);
    }
    return found;
  } catch (error) {
    throw new Error([messageOf(error), ...logs].join('\n  '));
  } finally {
    stack.events.off('log', keepLog);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Answer {
  readonly status?: number;
  readonly error?: string;
  readonly ms: number;
}

/** Reports each answer of the webhook, to Momento or to the relay. Returns how to stop. */
function onAnswer({ momento, events, relay }: Stack, tell: (answer: Answer) => void): () => void {
  if (!relay) {
    momento.on('delivered', tell);
    return () => momento.off('delivered', tell);
  }
  const onRequest = ({ url, ...answer }: Answer & { url: string }) => {
    if (url === 'webhook') tell(answer);
  };
  events.on('request', onRequest);
  return () => events.off('request', onRequest);
}

function answerOfWebhook(stack: Stack): Promise<string> {
  return new Promise((resolve) => {
    const settle = (answer: string) => {
      clearTimeout(timer);
      stop();
      resolve(answer);
    };
    const timer = setTimeout(() => settle(`nothing within ${STEP_WITHIN_MS / 1000} s`), STEP_WITHIN_MS);
    const stop = onAnswer(stack, ({ status, error }) => {
      settle(status === undefined ? `nothing: ${error}` : String(status));
    });
  });
}

/** By request id: the application's words for what it does with a message. */
function rememberWords({ application }: Stack, words: Map<string, string>, text: string | undefined): void {
  try {
    const message: unknown = JSON.parse(text ?? '');
    words.set(String(Object(message).requestId), application.describe(message).done);
  } catch {
    // Anybody can publish anything.
  }
}

function quoted(text: string): string {
  return text === '' ? 'nobody' : /^[\w.@-]+$/.test(text) ? text : JSON.stringify(text);
}
