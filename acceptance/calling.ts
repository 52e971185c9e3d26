// Calls of the stack's URLs: by nobody, by the caller, and by Momento, as far as its signature tells.
import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { identified } from '../handlers/core/event';
import { SIGNATURE_HEADER, sign } from '../handlers/core/signature';
import type { AccessKey } from '../local/aws/sigv4';
import { signedHeaders } from '../local/commands/signed-fetch';
import { type Context, idOf, outputOf } from './context';
import { Undecidable } from './errors';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** The user for whom everything is published. */
export const USER = 'acceptance';
/** `topicName`, as the program has it where nobody sets another. */
const TOPIC = 'comment';
const ANSWER_WITHIN_MS = 20_000;
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

/** Posts once. Throws Undecidable where nothing can answer. */
export async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  refuseMadeUp(url);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((error: unknown) => {
    throw new Undecidable(`${url} does not answer: ${reasonOf(error)}`);
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** Posts with the SigV4 signature of these credentials. */
export async function signedPost(
  { region }: Pick<Context, 'region'>,
  url: string,
  input: unknown,
  credentials: AccessKey,
): Promise<Answer> {
  const body = JSON.stringify(input);
  return post(url, body, await signedHeaders(url, { credentials, region, body }));
}

export interface Sent {
  readonly answer: Answer;
  readonly eventId: string;
  readonly course: string;
}

export interface EventOptions {
  readonly secret: string;
  readonly requestId?: string;
  /** How long ago it was published, in milliseconds. */
  readonly ageMs?: number;
  readonly text?: string;
}

/** Sends the webhook an event as Momento would, on a course of its own, signed with this secret. */
export async function sendEvent(
  { stack, momento }: Pick<Context, 'stack' | 'momento'>,
  { secret, requestId, ageMs = 0, text }: EventOptions,
): Promise<Sent> {
  const course = `acceptance-${randomUUID()}`;
  const event = {
    cache: momento.cacheName,
    topic: TOPIC,
    event_timestamp: Date.now() - ageMs,
    publish_timestamp: Date.now() - ageMs,
    topic_sequence_number: 1,
    token_id: USER,
    text: text ?? JSON.stringify({ comment: 'of the acceptance', courseId: course, requestId }),
  };
  const body = JSON.stringify(event);
  const signature = sign(Buffer.from(body), secret);
  const answer = await post(await outputOf(stack, 'webhookUrl'), body, { [SIGNATURE_HEADER]: signature });
  return { answer, eventId: identified(event).id, course };
}

/** What the webhook signs with now, or did before. Undefined where there is no such version. */
export async function signingSecret(
  { aws, stack }: Pick<Context, 'aws' | 'stack'>,
  stage: 'AWSCURRENT' | 'AWSPREVIOUS' = 'AWSCURRENT',
): Promise<string | undefined> {
  const arn = await idOf(stack, 'secret', 'signing-secret');
  try {
    const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: stage });
    return (await aws.secrets.send(command)).SecretString;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** The same where there must be one. */
export async function currentSecret(context: Pick<Context, 'aws' | 'stack'>): Promise<string> {
  const secret = await signingSecret(context);
  if (secret === undefined) throw new Undecidable('the stack has no signing secret');
  return secret;
}

/** An AWS on this machine hands out addresses that are nobody's, or somebody else's. */
function refuseMadeUp(url: string): void {
  const { hostname } = new URL(url);
  if (process.env.AWS_ENDPOINT_URL && !LOOPBACK.test(hostname)) {
    throw new Undecidable(`AWS_ENDPOINT_URL names another AWS, and nothing of it answers at ${hostname}`);
  }
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
