// AWS Secrets Manager.
import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { before, INIT_WITHIN_MS } from '../core/deadline';
import { ROTATION_GRACE_MS, type SecretVersions } from '../core/signing-secret';
import { patience } from './aws-patience';

/** Two tries fit before an event is given up. */
const client = new SecretsManagerClient({ maxAttempts: 2, requestHandler: patience(500, 900) });

interface Version {
  readonly id: string | undefined;
  readonly value: string;
  /** In milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What was asked for while the function initialises, by the secret's ARN. */
const early = new Map<string, Promise<Version>>();
/** When that was, in milliseconds since the epoch. */
let earlyAt = 0;

/** The current value of a secret. */
export async function fetchSecret(arn: string): Promise<string> {
  return (await currentVersion(arn)).value;
}

/** More than this clock and that of Secrets Manager can differ, in milliseconds. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * The current value of a secret, and the previous one if it may still be accepted. The previous one is requested second: it
 * can then be newer than what came before `current`, but never older.
 */
export async function fetchVersions(arn: string): Promise<SecretVersions> {
  const current = await currentVersion(arn);
  const versions = { current: current.value, changedAt: current.createdAt };
  if (current.createdAt < Date.now() - ROTATION_GRACE_MS - CLOCKS_DIFFER_MS) return versions;
  const previous = await version(arn, 'AWSPREVIOUS').catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  });
  if (previous?.id !== current.id) return { ...versions, previous: previous?.value };
  early.delete(arn); // the secret was rotated between the two answers
  return fetchVersions(arn);
}

/**
 * Requests the current versions of secrets while the function initialises. Whoever fetches them before `endEarly` gets these
 * answers. Resolves when the requests have left this machine, or after `withinMs` milliseconds: what is loaded then does not
 * delay them.
 */
export async function fetchEarly(arns: readonly string[], withinMs: number): Promise<void> {
  let left = 0;
  let onStart: ChannelListener = () => undefined;
  const haveLeft = new Promise<void>((resolve) => {
    onStart = (message) => Object(message).request.once('finish', () => ++left === arns.length && resolve());
  });
  subscribe(STARTED, onStart);
  earlyAt = Date.now();
  for (const arn of arns) early.set(arn, version(arn, 'AWSCURRENT'));
  const known = Promise.allSettled(early.values());
  await before(Date.now() + withinMs, Promise.race([haveLeft, known])).catch(() => undefined);
  unsubscribe(STARTED, onStart);
}

/** Node.js tells of each HTTP request as it starts. */
const STARTED = 'http.client.request.start';

/** From here on, every fetch is a new request. */
export function endEarly(): void {
  early.clear();
}

function currentVersion(arn: string): Promise<Version> {
  // Whoever asks takes the answer for as old as the question. If the function was frozen since, it is not.
  const isYoung = Date.now() - earlyAt <= INIT_WITHIN_MS;
  return (isYoung && early.get(arn)) || version(arn, 'AWSCURRENT');
}

async function version(arn: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<Version> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }));
  if (!answer.SecretString) throw new Error('the secret holds no text');
  return {
    id: answer.VersionId,
    value: answer.SecretString,
    createdAt: answer.CreatedDate?.getTime() ?? 0,
  };
}
