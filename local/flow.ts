// The way of one comment through the running stack, step by step: from the publisher to the course's set.
import { apiKeyCredentials, localMomento } from '../handlers/adapters/momento-credentials';
import { type Comment, readComments } from './comments';
import { signedPost } from './signed-fetch';
import type { Stack } from './stack';

export interface Step {
  name:
    | 'token vended'
    | 'published'
    | 'webhook called'
    | 'stored'
    | 'webhook answered'
    | 'read back'
    | 'fault';
  detail: string;
  /** false where the step went wrong */
  ok: boolean;
}

export interface Publication {
  userId: string;
  courseId: string | number;
  comment: string;
}

const STEP_WITHIN_MS = 15_000;

/** Tells of each step of every comment, as it happens. */
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
  momento.on('call', ({ operation, cache, code }) => {
    if (operation !== 'SortedSetPut') return;
    step('stored', code === 0 ? `in ${cache}` : `not in ${cache}: gRPC status ${code}`, code === 0);
  });
  onAnswer(stack, ({ status, error, ms }) => {
    const answer = status === undefined ? `nothing: ${error}` : String(status);
    const meaning = status === 200 ? ': signature verified' : '';
    step('webhook answered', `${answer} in ${Math.round(ms)} ms${meaning}`, status === 200);
  });
  momento.on('deliveryDropped', ({ reason }) => step('webhook answered', `not called: ${reason}`, false));
  momento.on('fault', ({ operation, kind }) => step('fault', `${operation}: ${kind}`, false));
}

/** Publishes a comment and reads it back. Throws at the first step that fails, with the reason. */
export async function sendComment(stack: Stack, publication: Publication): Promise<Comment> {
  const { outputs, credentials, region, clock } = stack;
  const logs: string[] = [];
  const keepLog = ({ function: name, line }: { function: string; line: string }) => {
    if (/"level":"(?:WARN|ERROR|FATAL)"/.test(line)) logs.push(`${name}: ${line}`);
  };
  stack.events.on('log', keepLog);
  try {
    const delivered = answerOfWebhook(stack);
    const body = JSON.stringify(publication);
    const signingDate = new Date(clock.now());
    const signed = { credentials, region, body, signingDate };
    const published = await signedPost(String(outputs.publisherUrl), signed);
    if (published.status !== 200) {
      throw new Error(
        `publishing failed: the publisher answered ${published.status} ${await published.text()}`,
      );
    }
    const answer = await delivered;
    if (answer !== '200') throw new Error(`storing failed: the webhook answered ${answer}`);
    const comments = await readBack(stack, publication.courseId);
    const own = ({ userID, comment }: Comment) =>
      userID === publication.userId && comment === publication.comment;
    const found = comments.find(own);
    if (!found) throw new Error(`reading back failed: the comment is not in the set ${publication.courseId}`);
    return found;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error([why, ...logs].join('\n  '));
  } finally {
    stack.events.off('log', keepLog);
  }
}

interface Answer {
  readonly status?: number;
  readonly error?: string;
  readonly ms: number;
}

/** Tells of each answer of the webhook, to Momento or to the relay. Gives how to stop. */
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

/** A course's newest comments, up to a hundred, as an application reads them. */
export function readBack(
  { apiKey, momento, cacheName }: Stack,
  courseId: string | number,
): Promise<Comment[]> {
  const credentialProvider = apiKeyCredentials(apiKey, { local: localMomento(momento.url) });
  return readComments(String(courseId), { credentialProvider, cacheName, limit: 100 });
}

function quoted(text: string): string {
  return text === '' ? 'nobody' : /^[\w.@-]+$/.test(text) ? text : JSON.stringify(text);
}
