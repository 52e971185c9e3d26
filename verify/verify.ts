// Sends one marked comment the whole way through a stack that runs, and removes it again.
import { randomUUID } from 'node:crypto';
import {
  CacheClient,
  CacheDeleteResponse,
  Configurations,
  type CredentialProvider,
  MomentoErrorCode,
  NoopMomentoLoggerFactory,
  SdkError,
} from '@gomomento/sdk';
import type { AccessKey } from '../local/aws/sigv4';
import { type Comment, readComments } from '../local/comments';
import { signedPost } from '../local/signed-fetch';
import { type LookAt, StepFailed } from './step';

/** A stack that runs, and who verifies it. */
export interface Target {
  readonly publisherUrl: string;
  readonly region: string;
  /** Of the caller. Rejects where there are none. */
  readonly credentials: () => Promise<AccessKey>;
  readonly cacheName: string;
  /** Of a key that may read and write the cache. */
  readonly credentialProvider: CredentialProvider;
  readonly lookAt: LookAt;
}

export interface VerifyOptions {
  /** How long the comment may take from the publisher to the cache. */
  readonly withinMs: number;
  /** Told of each step that succeeded. */
  readonly tell: (step: string, detail: string) => void;
}

/** The user whom the comment is published for. */
export const USER = 'verify';
const PUBLISH_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 250;

/** Throws StepFailed: which step, why, and what to look at. */
export async function verify(target: Target, { withinMs, tell }: VerifyOptions): Promise<void> {
  const mark = randomUUID();
  const course = `verify-${mark}`; // its own, so that no user sees it
  const started = Date.now();
  await publish(target, { userId: USER, courseId: course, comment: mark });
  tell('published', `through ${target.publisherUrl} for the user ${USER}`);

  const { userID, comment } = await stored(target, course, started + withinMs);
  await remove(target, course);
  if (userID !== USER || comment !== mark) {
    throw new StepFailed('store', 'another comment, or another user, stands in the cache', [
      target.lookAt.webhook,
    ]);
  }
  tell('stored', `in the cache ${target.cacheName} after ${Date.now() - started} ms`);
  tell('removed', 'nothing is left');
}

async function publish(target: Target, publication: object): Promise<void> {
  const { publisherUrl, region, lookAt } = target;
  const credentials = await target.credentials().catch((error: unknown) => {
    throw new StepFailed('publish', `there are no AWS credentials: ${messageOf(error)}`, [lookAt.caller]);
  });
  const request = {
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
        'whether the API key may generate disposable tokens, and publish on this topic, and whether the cache is there',
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

/** Waits for the first comment of the course. */
async function stored(target: Target, course: string, deadline: number): Promise<Comment> {
  const { credentialProvider, cacheName, lookAt } = target;
  for (;;) {
    const comments = await readComments(course, { credentialProvider, cacheName, limit: 1 }).catch(
      (error) => {
        if (isPassing(error) && Date.now() < deadline) return [];
        throw new StepFailed('store', `the cache ${cacheName} cannot be read: ${messageOf(error)}`, [
          lookAt.cache,
        ]);
      },
    );
    const [comment] = comments;
    if (comment) return comment;
    if (Date.now() >= deadline) {
      throw new StepFailed('store', 'the comment was published, but did not get into the cache in time', [
        lookAt.delivery,
        lookAt.webhook,
        lookAt.queue,
      ]);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function remove({ credentialProvider, cacheName, lookAt }: Target, course: string): Promise<void> {
  const client = new CacheClient({
    configuration: Configurations.Laptop.latest(new NoopMomentoLoggerFactory()),
    credentialProvider,
    defaultTtlSeconds: 60,
  });
  try {
    const deleted = await client.delete(cacheName, course);
    if (deleted.type !== CacheDeleteResponse.Error) return;
    throw new StepFailed('remove', `the comment is stored, but stays there: ${deleted.message()}`, [
      lookAt.cache,
    ]);
  } finally {
    client.close();
  }
}

/** Whether it may work a moment later. */
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
