// AWS Secrets Manager.
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { SecretVersions } from '../core/signing-secret';
import { patience } from './aws-patience';

/** Two tries fit before an event is given up. */
const client = new SecretsManagerClient({ maxAttempts: 2, requestHandler: patience(500, 900) });

/** The current value of a secret. */
export async function fetchSecret(arn: string): Promise<string> {
  return (await version(arn, 'AWSCURRENT')).value;
}

/** More than this clock and that of Secrets Manager can differ, in milliseconds. */
const CLOCKS_DIFFER_MS = 60_000;

/** The current value of a secret and the previous one, if there is one. Both are requested at the same time. */
export async function fetchVersions(arn: string): Promise<SecretVersions> {
  const askedAt = Date.now();
  const [current, before] = await Promise.all([version(arn, 'AWSCURRENT'), previousVersion(arn)]);
  // If the secret was rotated between the two answers, `before` is two versions old, and no longer valid.
  const isSettled = current.createdAt < askedAt - CLOCKS_DIFFER_MS;
  const previous = isSettled ? before : await previousVersion(arn);
  return { current: current.value, previous: previous?.value, changedAt: current.createdAt };
}

function previousVersion(arn: string) {
  return version(arn, 'AWSPREVIOUS').catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  });
}

async function version(arn: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS') {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }));
  if (!answer.SecretString) throw new Error('the secret holds no text');
  return { value: answer.SecretString, createdAt: answer.CreatedDate?.getTime() ?? 0 };
}
