// Calls the stack's URLs: unsigned, as the caller, and with Momento's signature.
import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { identified } from '../handlers/core/event';
import { SIGNATURE_HEADER, sign } from '../handlers/core/signature';
import type { AccessKey } from '../local/aws/sigv4';
import { signedHeaders } from '../local/commands/signed-fetch';
import { type Context, idOf, outputOf, signingNameOf } from './context';
import { Undecidable } from './errors';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Everything is published for this user. */
export const USER = 'acceptance';
/** The default of `topicName`. */
const TOPIC = 'comment';
const ANSWER_WITHIN_MS = 20_000;
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

/** Posts once. Throws Undecidable if nothing answers. */
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
  { region, stack }: Pick<Context, 'region' | 'stack'>,
  url: string,
  input: unknown,
  credentials: AccessKey,
): Promise<Answer> {
  const body = JSON.stringify(input);
  const service = await signingNameOf(stack);
  return post(url, body, await signedHeaders(url, { service, credentials, region, body }));
}

export interface Sent {
  readonly answer: Answer;
  readonly eventId: string;
  readonly course: string;
}

export interface EventOptions {
  readonly secret: string;
  readonly requestId?: string;
  /** The event's age, in milliseconds. */
  readonly ageMs?: number;
  readonly text?: string;
}

/** Sends the webhook an event as Momento would, for a new course, signed with this secret. */
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

/** The current or previous signing secret. Undefined if there is no such version. */
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

/** The current signing secret. Throws Undecidable if there is none. */
export async function currentSecret(context: Pick<Context, 'aws' | 'stack'>): Promise<string> {
  const secret = await signingSecret(context);
  if (secret === undefined) throw new Undecidable('the stack has no signing secret');
  return secret;
}

/** An AWS on this machine hands out addresses that do not exist, or that belong to somebody else. */
function refuseMadeUp(url: string): void {
  const { hostname } = new URL(url);
  if (process.env.AWS_ENDPOINT_URL && !LOOPBACK.test(hostname)) {
    throw new Undecidable(`AWS_ENDPOINT_URL names another AWS, which does not answer at ${hostname}`);
  }
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
