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

/** How far this clock and that of Secrets Manager may differ, in milliseconds, and more. */
const CLOCKS_DIFFER_MS = 60_000;

/** The current and, where there is one, the previous value of a secret; both are asked for at the same time. */
export async function fetchVersions(arn: string): Promise<SecretVersions> {
  const askedAt = Date.now();
  const [current, before] = await Promise.all([version(arn, 'AWSCURRENT'), previousVersion(arn)]);
  // Rotated between the two answers, the previous one would be the one before it, which nobody may use any more.
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
