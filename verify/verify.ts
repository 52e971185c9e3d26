// Sends one marked message all the way through a running stack, and removes it again.
import { randomUUID } from 'node:crypto';
import { MomentoErrorCode, SdkError } from '@gomomento/sdk';
import type { Access, Described, Entry, LocalApplication } from '../local/application';
import { type SigningName, signedPost } from '../local/commands/signed-fetch';
import { type LookAt, StepFailed } from './step';

/** A running stack, and the access to verify it. */
export interface Target {
  readonly publisherUrl: string;
  /** The service for which calls of the publisher are signed. */
  readonly signingName: SigningName;
  readonly application: LocalApplication;
  /** For reading what the application did, and for calling the publisher. */
  readonly access: Access;
  readonly lookAt: LookAt;
}

export interface VerifyOptions {
  /** The longest that the comment may take from the publisher to the cache. */
  readonly withinMs: number;
  /** Called for each step that succeeded. */
  readonly tell: (step: string, detail: string) => void;
}

/** The comment is published for this user. */
export const USER = 'verify';
const PUBLISH_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 250;

/** Throws StepFailed: which step, why, and what to look at. */
export async function verify(target: Target, { withinMs, tell }: VerifyOptions): Promise<void> {
  const mark = randomUUID();
  const message = target.application.probe(mark);
  const described = target.application.describe(message);
  const started = Date.now();
  await publish(target, { userId: USER, ...message });
  tell('published', `through ${target.publisherUrl} for the user ${USER}`);

  const { userID, text, original = text } = await arrived(target, described, started + withinMs);
  await remove(target, described);
  if (userID !== USER || original !== described.text) {
    throw new StepFailed('store', 'another message, or one of another user, is stored there', [
      target.lookAt.webhook,
    ]);
  }
  tell('handled', `${described.done} after ${Date.now() - started} ms`);
  tell('removed', 'nothing is left');
}

async function publish(target: Target, publication: object): Promise<void> {
  const { publisherUrl, signingName: service, access, lookAt } = target;
  const { region } = access;
  const credentials = await access.credentials().catch((error: unknown) => {
    throw new StepFailed('publish', `there are no AWS credentials: ${messageOf(error)}`, [lookAt.caller]);
  });
  const request = {
    service,
    credentials,
    region,
    body: JSON.stringify(publication),
    signal: AbortSignal.timeout(PUBLISH_WITHIN_MS),
  };
  const response = await signedPost(publisherUrl, request).catch((error: unknown) => {
    throw new StepFailed('publish', `${publisherUrl} does not answer: ${messageOf(error)}`, [lookAt.url]);
  });
  if (response.status === 200) return;
  const answer = `the publisher answered ${response.status}`;
  switch (response.status) {
    case 403:
      throw new StepFailed('publish', `${answer}: IAM does not let you call it`, [lookAt.caller]);
    case 502:
      throw new StepFailed('publish', `${answer}: Momento refused to vend a token or to publish`, [
        'whether the API key may generate disposable tokens and publish on this topic, and whether the cache exists',
        lookAt.publisher,
      ]);
    case 503:
      throw new StepFailed('publish', `${answer}: the API key's secret or Momento is out of reach`, [
        lookAt.publisher,
      ]);
    default:
      throw new StepFailed('publish', answer, [lookAt.publisher]);
  }
}

/** Waits for an entry at the message's place. */
async function arrived(target: Target, { place }: Described, deadline: number): Promise<Entry> {
  const { application, access, lookAt } = target;
  for (;;) {
    const [entry] = await application.read(place, access, 1).catch((error) => {
      if (isPassing(error) && Date.now() < deadline) return [];
      throw new StepFailed('store', `the stored messages cannot be read: ${messageOf(error)}`, [
        lookAt.cache,
      ]);
    });
    if (entry) return entry;
    if (Date.now() >= deadline) {
      throw new StepFailed('store', 'the message was published, but did not arrive in time', [
        lookAt.delivery,
        lookAt.webhook,
        lookAt.queue,
      ]);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function remove({ application, access, lookAt }: Target, { place }: Described): Promise<void> {
  await application.remove(place, access).catch((error: unknown) => {
    throw new StepFailed('remove', `the message arrived, but stays there: ${messageOf(error)}`, [
      lookAt.cache,
    ]);
  });
}

/** Whether a retry may succeed. */
function isPassing(error: unknown): boolean {
  const passing = [
    MomentoErrorCode.SERVER_UNAVAILABLE,
    MomentoErrorCode.TIMEOUT_ERROR,
    MomentoErrorCode.LIMIT_EXCEEDED_ERROR,
    MomentoErrorCode.INTERNAL_SERVER_ERROR,
  ];
  return error instanceof SdkError && passing.includes(error.errorCode());
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
