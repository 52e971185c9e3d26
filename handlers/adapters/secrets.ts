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

/** The current and, where there is one, the previous value of a secret; both are asked for at the same time. */
export async function fetchVersions(arn: string): Promise<SecretVersions> {
  const [current, previous] = await Promise.all([
    version(arn, 'AWSCURRENT'),
    version(arn, 'AWSPREVIOUS').catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }),
  ]);
  return { current: current.value, previous: previous?.value, changedAt: current.createdAt };
}

async function version(arn: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS') {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }));
  if (!answer.SecretString) throw new Error('the secret holds no text');
  return { value: answer.SecretString, createdAt: answer.CreatedDate?.getTime() ?? 0 };
}
